/** What merchants do to their endpoints: add, change, rotate the secret, recover, delete. */
@NullMarked
package io.quittance.webhook.manage;

import org.jspecify.annotations.NullMarked;
