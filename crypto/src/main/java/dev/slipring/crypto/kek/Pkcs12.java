package dev.slipring.crypto.kek;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.EncryptedData;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.SecretBag;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.pkcs.PKCS12PfxPdu;
import org.bouncycastle.pkcs.PKCS12SafeBag;
import org.bouncycastle.pkcs.PKCS12SafeBagFactory;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCS12MacCalculatorBuilderProvider;
import org.jspecify.annotations.Nullable;

/**
 * Finds the key in a PKCS#12 file (RFC 7292), a private or a secret one, after its MAC was checked. Not thread-safe,
 * and of no use for a second file.
 */
final class Pkcs12 {
    private static final int JKS = 0xFEEDFEED;
    private static final int JCEKS = 0xCECECECE;

    private final char[] password;
    private final @Nullable String alias;
    private final InputDecryptorProvider decryptor;
    private final KdfBudget budget = new KdfBudget();

    /** Looks for the key called {@code alias}, or for any if that is null. */
    Pkcs12(char[] password, @Nullable String alias) {
        this.password = password;
        this.alias = alias;
        this.decryptor = Pkcs8.decryptor(password);
    }

    PrivateKeyInfo key(byte[] file) throws IOException, PKCSException, RefusedKeyException {
        int magic = file.length < Integer.BYTES ? 0 : ByteBuffer.wrap(file).getInt();
        if (magic == JKS || magic == JCEKS) {
            throw new RefusedKeyException(
                    "is a JKS or JCEKS key store; keytool -importkeystore -deststoretype pkcs12 converts it");
        }
        PKCS12PfxPdu pfx = new PKCS12PfxPdu(file);
        checkMac(pfx);
        List<PKCS12SafeBag> keys = new ArrayList<>();
        for (ContentInfo content : pfx.getContentInfos()) {
            for (PKCS12SafeBag bag : bags(content)) {
                if (isKey(bag) && (alias == null || alias.equalsIgnoreCase(friendlyName(bag)))) {
                    keys.add(bag);
                }
            }
        }
        if (keys.size() != 1) {
            throw new RefusedKeyException("holds " + keys.size() + " keys" + (alias == null ? "" : " of that alias")
                    + ", not one; give the alias of the one to take");
        }
        return open(keys.get(0));
    }

    private void checkMac(PKCS12PfxPdu pfx) throws PKCSException, RefusedKeyException {
        MacData mac = pfx.toASN1Structure().getMacData();
        if (mac == null) {
            throw new RefusedKeyException("has no MAC, so that nobody could tell a change");
        }
        if (mac.getMac().getAlgorithmId().getAlgorithm().on(PKCSObjectIdentifiers.pkcs_5)) {
            throw new RefusedKeyException("has a MAC by PBMAC1, which is not read");
        }
        budget.spendIterations(mac.getIterationCount());
        if (!pfx.isMacValid(new JcePKCS12MacCalculatorBuilderProvider().setProvider(Pkcs8.PROVIDER), password)) {
            throw new RefusedKeyException("has another password, or was changed since it was made");
        }
    }

    private PKCS12SafeBag[] bags(ContentInfo content) throws PKCSException, RefusedKeyException {
        if (content.getContentType().equals(PKCSObjectIdentifiers.data)) {
            return new PKCS12SafeBagFactory(content).getSafeBags();
        }
        if (!content.getContentType().equals(PKCSObjectIdentifiers.encryptedData)) {
            throw new RefusedKeyException("has a part that is not encrypted by a password");
        }
        budget.spend(EncryptedData.getInstance(content.getContent()).getEncryptionAlgorithm());
        return new PKCS12SafeBagFactory(content, decryptor).getSafeBags();
    }

    private static boolean isKey(PKCS12SafeBag bag) {
        return bag.getType().equals(PKCSObjectIdentifiers.keyBag)
                || bag.getType().equals(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag)
                || bag.getType().equals(PKCSObjectIdentifiers.secretBag);
    }

    private static @Nullable String friendlyName(PKCS12SafeBag bag) {
        Attribute[] attributes = bag.getAttributes();
        if (attributes != null) {
            for (Attribute attribute : attributes) {
                if (attribute.getAttrType().equals(PKCS12SafeBag.friendlyNameAttribute)) {
                    return ((ASN1String) attribute.getAttributeValues()[0]).getString();
                }
            }
        }
        return null;
    }

    private PrivateKeyInfo open(PKCS12SafeBag bag) throws RefusedKeyException {
        Object value = bag.toASN1Structure().getBagValue();
        if (bag.getType().equals(PKCSObjectIdentifiers.keyBag)) {
            return PrivateKeyInfo.getInstance(value);
        }
        if (bag.getType().equals(PKCSObjectIdentifiers.secretBag)) {
            SecretBag secret = SecretBag.getInstance(value);
            if (!secret.getSecretTypeId().equals(PKCSObjectIdentifiers.pkcs8ShroudedKeyBag)) {
                throw new RefusedKeyException(
                        "holds a secret of the type " + secret.getSecretTypeId().getId() + ", which is not read");
            }
            value = ASN1OctetString.getInstance(secret.getSecretValue()).getOctets();
        }
        return Pkcs8.decrypt(EncryptedPrivateKeyInfo.getInstance(value), decryptor, budget);
    }
}
