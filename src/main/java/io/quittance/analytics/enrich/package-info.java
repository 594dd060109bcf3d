/**
 * Looks up the payments that events name, in bulk and apart from the intake, and adds their facts.
 */
@NullMarked
package io.quittance.analytics.enrich;

import org.jspecify.annotations.NullMarked;
