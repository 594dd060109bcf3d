/** Opens and changes accounts, posts and reverses transfers. */
@NamedInterface("change")
@NullMarked
package io.quittance.ledger.change;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
