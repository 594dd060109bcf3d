/**
 * The names of types, labels and payees that are kept for a merchant; all further names are counted
 * together.
 */
@NullMarked
package io.quittance.analytics.name;

import org.jspecify.annotations.NullMarked;
