package dev.slipring.aws;

import dev.slipring.aws.AwsException.Kind;
import dev.slipring.keyring.SlipringException;
import dev.slipring.store.StoreUnavailableException;
import dev.slipring.store.UnusableRecordException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Reads refusals. The service's words are shown for errors that speak of names and rights; the others may quote what
 * was sent, so that neither they nor their cause are kept. Stateless.
 */
final class AwsErrors {
    /** Errors whose words quote no value. */
    private static final Set<String> OUTSPOKEN = Set.of(
            "AccessDeniedException",
            "DecryptionFailure",
            "EncryptionFailure",
            "ExpiredTokenException",
            "InternalServiceError",
            "InvalidRequestException",
            "LimitExceededException",
            "PreconditionNotMetException",
            "ResourceNotFoundException",
            "ResourceExistsException",
            "ThrottlingException",
            "UnrecognizedClientException");

    private static final String NO_CREDENTIALS = "Unable to load credentials";

    /** What words of the SDK begin with that quote no answer. */
    private static final List<String> OF_THE_SDK = List.of(WriteGate.OVER, NO_CREDENTIALS);

    /** Errors of an identity, or of what it may do. */
    private static final Set<String> OF_THE_IDENTITY = Set.of(
            "AccessDeniedException",
            "DecryptionFailure",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "MissingAuthenticationTokenException",
            "UnrecognizedClientException");

    /** Errors of a signature, whose time is part of it. */
    private static final Set<String> OF_THE_SIGNATURE = Set.of(
            "RequestExpired",
            "RequestInTheFuture",
            "RequestTimeTooSkewed",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "IncompleteSignature");

    private static final int FORBIDDEN = 403;
    private static final int SERVER_FAILED = 500;

    private AwsErrors() {}

    /** What {@code e} stands for, which came of {@code operation} on {@code place}. */
    static SlipringException of(String operation, String place, SdkException e) {
        String what = operation + " " + place + ": ";
        if (!(e instanceof AwsServiceException service)) {
            String way = onTheWay(e);
            Kind kind = way.startsWith(NO_CREDENTIALS) ? Kind.DENIED : Kind.UNAVAILABLE;
            return new StoreUnavailableException(what + way, new AwsException(kind, "no answer", harmless(e)));
        }
        String code = code(service);
        boolean outspoken = OUTSPOKEN.contains(code);
        AwsErrorDetails details = service.awsErrorDetails();
        String said = code + (outspoken && details.errorMessage() != null ? ", " + details.errorMessage() : "");
        AwsException cause = new AwsException(kind(service, code), code, outspoken ? e : null);
        if (code.equals("InvalidRequestException")) {
            return new UnusableRecordException(
                    what + said + " A secret that is scheduled for deletion has to be restored.", cause);
        }
        return new StoreUnavailableException(what + said + advice(service, code), cause);
    }

    private static Kind kind(AwsServiceException e, String code) {
        if (OF_THE_IDENTITY.contains(code) || OF_THE_SIGNATURE.contains(code) || e.statusCode() == FORBIDDEN) {
            return Kind.DENIED;
        } else if (e.isThrottlingException()) {
            return Kind.THROTTLED;
        }
        return switch (code) {
            case "ResourceNotFoundException" -> Kind.NOT_FOUND;
            case "InvalidRequestException" -> Kind.UNUSABLE;
            case "InternalServiceError" -> Kind.UNAVAILABLE;
            default -> e.statusCode() >= SERVER_FAILED ? Kind.UNAVAILABLE : Kind.REFUSED;
        };
    }

    /** The code of the error, or a word for its status where there is none. */
    static String code(AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        return details == null || details.errorCode() == null ? "status " + e.statusCode() : details.errorCode();
    }

    private static String advice(AwsServiceException e, String code) {
        if (OF_THE_SIGNATURE.contains(code)) {
            return " (AWS refuses the signature: set this machine's clock, and look at its region and access key)";
        } else if (e.isThrottlingException()) {
            return " (AWS asks for fewer requests)";
        } else if (code.equals("LimitExceededException")) {
            return " (a secret has at most 20 labels and 100 versions: destroy old versions, or wait a day)";
        }
        return "";
    }

    /** What keeps a request from being answered; the SDK's own words may quote an answer. */
    private static String onTheWay(SdkException e) {
        if (e instanceof ApiCallTimeoutException) {
            return "no answer in the time that a call may take";
        }
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (isOfTheNetwork(cause)) {
                return "no connection, " + cause.getClass().getSimpleName() + ": " + cause.getMessage();
            }
        }
        String message = String.valueOf(e.getMessage());
        return OF_THE_SDK.stream()
                .filter(message::startsWith)
                .findFirst()
                .orElse("the SDK failed, " + e.getClass().getSimpleName());
    }

    private static @Nullable Throwable harmless(SdkException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (isOfTheNetwork(cause)) {
                return cause;
            }
        }
        return null;
    }

    private static boolean isOfTheNetwork(Throwable cause) {
        return cause instanceof SocketException
                || cause instanceof SocketTimeoutException
                || cause instanceof UnknownHostException
                || cause instanceof SSLException
                || cause.getClass() == IOException.class;
    }
}
