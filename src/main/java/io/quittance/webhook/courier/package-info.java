/** Sends requests to addresses that merchants name, which it checks first and pins. */
@NullMarked
package io.quittance.webhook.courier;

import org.jspecify.annotations.NullMarked;
