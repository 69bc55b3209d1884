package dev.slipring.jdbc.login;

import java.util.List;

/**
 * What a server says of an account.
 *
 * @param locked whether nobody may log in
 * @param hashes of the passwords that it accepts, where they can be told
 * @param another whether it accepts something besides: another method (MariaDB), an old password (MySQL)
 */
record Account(boolean locked, List<String> hashes, boolean another) {
    Account {
        hashes = List.copyOf(hashes);
    }
}
