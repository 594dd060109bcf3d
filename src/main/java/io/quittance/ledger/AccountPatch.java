package io.quittance.ledger;

import io.quittance.money.Money;
import io.quittance.web.ProblemCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a PATCH request for an account; null leaves a value as it is.
 *
 * @param name an empty one removes the name
 * @param metadataJson a JSON object of strings that replaces all metadata
 * @param overdraftLimit in minor units; only for standard accounts
 */
public record AccountPatch(
    @Nullable String name,
    @Nullable String metadataJson,
    @Nullable Long overdraftLimit,
    @Nullable AccountStatus status) {

  /**
   * The differences that it makes, for the audit trail; empty if none. Names and metadata may
   * contain personal data, and the trail is kept forever, so it only says that they changed.
   */
  public Map<String, Object> differences(Account account) {
    var differences = new LinkedHashMap<String, Object>();
    AccountTerms before = account.terms();
    AccountTerms after = before.with(this);
    if (!Objects.equals(before.name(), after.name())) {
      differences.put("name", "changed");
    }
    if (!before.metadataJson().equals(after.metadataJson())) {
      differences.put("metadata", "changed");
    }
    if (before.overdraftLimit() != after.overdraftLimit()) {
      differences.put(
          "overdraft_limit", Map.of("from", before.overdraftLimit(), "to", after.overdraftLimit()));
    }
    if (status != null && status != account.status()) {
      differences.put("status", Map.of("from", account.status(), "to", status));
    }
    return differences;
  }

  /** Why the account cannot be changed in this way; empty if it can. */
  public Optional<Refusal> refusal(Account account) {
    AccountTerms terms = account.terms();
    AccountTerms changed = terms.with(this);
    long posted = account.posted();
    long pendingOut = account.pendingOut();
    long pendingIn = account.pendingIn();
    if (account.status().isFinal() && !differences(account).isEmpty()) {
      return Refusal.because(
          ProblemCode.INVALID_STATE, "The account is closed for good and cannot be changed.");
    }
    if (status != null && status.isFinal() && (posted != 0 || pendingOut != 0 || pendingIn != 0)) {
      return Refusal.because(
          ProblemCode.ACCOUNT_NOT_EMPTY,
          "An account can be closed only when all its balances are zero; posted is %d, pending_out %d, pending_in %d."
              .formatted(posted, pendingOut, pendingIn));
    }
    if (changed.overdraftLimit() == terms.overdraftLimit()
        || terms.kind() == AccountKind.EXTERNAL) {
      return Optional.empty();
    }
    if (posted - pendingOut + changed.overdraftLimit() < 0) {
      return Refusal.because(
          ProblemCode.INVALID_STATE,
          "`overdraft_limit` must be at least %d minor units, which are in use."
              .formatted(pendingOut - posted));
    }
    return posted + pendingIn + changed.overdraftLimit() > Money.MAX_AMOUNT
        ? Refusal.because(
            ProblemCode.BALANCE_OUT_OF_RANGE,
            "`overdraft_limit` must be at most %d, so that `available` is never more than %d."
                .formatted(Money.MAX_AMOUNT - posted - pendingIn, Money.MAX_AMOUNT))
        : Optional.empty();
  }
}
