/** Merchants and their API keys: registered, issued, rotated, revoked. */
@NamedInterface("merchant")
@NullMarked
package io.quittance.access.merchant;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
