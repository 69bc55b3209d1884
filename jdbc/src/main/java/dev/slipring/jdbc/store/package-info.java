/**
 * Stores in tables of PostgreSQL, MariaDB, MySQL or H2: start with {@link dev.slipring.jdbc.store.JdbcSecretStore}.
 *
 * <p>What is a secret there is sealed before it reaches the database, under a root key that lies elsewhere: whoever
 * reads the tables, a backup or a replica then has nothing. A store is made with a sealer, or unsealed for a reason
 * that has to be given.
 *
 * <p>A {@link dev.slipring.jdbc.store.JdbcDataKeyStore} keeps the wrapped data keys of encrypted columns.
 *
 * <p>Both ask the database that takes the writes, and never a replica that may lag. Tables are made when that is
 * asked for, are checked at every start, and are never altered.
 */
@NullMarked
package dev.slipring.jdbc.store;

import org.jspecify.annotations.NullMarked;
