/**
 * AWS Secrets Manager: start with {@link dev.slipring.aws.AwsSecretStore}, which keeps the values of a secret as its
 * versions, moves {@code AWSCURRENT} for plain readers, and keeps the record as a secret beside it.
 * {@link dev.slipring.aws.AwsPolicies} prints the rights that each kind of user needs. A secret that AWS rotates itself
 * is followed: {@link dev.slipring.aws.AwsRotatedSecret}.
 *
 * <p>Signing, credentials, repetition and HTTP are the AWS SDK's, version 2, which only this package touches: an
 * application that uses it has {@code software.amazon.awssdk:secretsmanager} and an HTTP client for it on its path.
 * The SDK hands values that are text over as strings, which nobody can wipe; values that are not come as bytes and are
 * wiped.
 */
@NullMarked
package dev.slipring.aws;

import org.jspecify.annotations.NullMarked;
