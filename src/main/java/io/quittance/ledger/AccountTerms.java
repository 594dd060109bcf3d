package io.quittance.ledger;

import org.jspecify.annotations.Nullable;

/** What the merchant says of the account. */
public record AccountTerms(
    String currency,
    @Nullable String name,
    AccountKind kind,
    long overdraftLimit,
    String metadataJson) {

  /** The terms as the change leaves them; what it leaves out stays as it is. */
  AccountTerms with(AccountPatch change) {
    return new AccountTerms(
        currency,
        change.name() == null ? name : change.name().isEmpty() ? null : change.name(),
        kind,
        change.overdraftLimit() == null ? overdraftLimit : change.overdraftLimit(),
        change.metadataJson() == null ? metadataJson : change.metadataJson());
  }
}
