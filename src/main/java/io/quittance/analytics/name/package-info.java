/** The names of types, labels and payees that are kept for a merchant; the others are one. */
@NullMarked
package io.quittance.analytics.name;

import org.jspecify.annotations.NullMarked;
