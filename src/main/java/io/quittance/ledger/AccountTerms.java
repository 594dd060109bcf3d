package io.quittance.ledger;

import org.jspecify.annotations.Nullable;

/** The values of an account that its merchant sets. */
public record AccountTerms(
    String currency,
    @Nullable String name,
    AccountKind kind,
    long overdraftLimit,
    String metadataJson) {

  private static final String NO_METADATA = "{}";

  /** Terms with nothing but what every account has. */
  public static AccountTerms of(String currency, AccountKind kind) {
    return new AccountTerms(currency, null, kind, 0, NO_METADATA);
  }

  public AccountTerms withoutMetadata() {
    return new AccountTerms(currency, name, kind, overdraftLimit, NO_METADATA);
  }

  /** The terms after the change; values that it leaves out stay as they are. */
  AccountTerms with(AccountPatch change) {
    return new AccountTerms(
        currency,
        change.name() == null ? name : change.name().isEmpty() ? null : change.name(),
        kind,
        change.overdraftLimit() == null ? overdraftLimit : change.overdraftLimit(),
        change.metadataJson() == null ? metadataJson : change.metadataJson());
  }
}
