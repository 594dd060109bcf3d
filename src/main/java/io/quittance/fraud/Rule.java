package io.quittance.fraud;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import io.quittance.money.CurrencyCode;
import io.quittance.money.Money;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One rule of a merchant's rule set. Its action says what happens when it fires. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Rule.AmountLimit.class, name = "amount_limit"),
  @JsonSubTypes.Type(value = Rule.VelocityCount.class, name = "velocity_count"),
  @JsonSubTypes.Type(value = Rule.VelocityAmount.class, name = "velocity_amount"),
  @JsonSubTypes.Type(value = Rule.NewAccount.class, name = "new_account"),
  @JsonSubTypes.Type(value = Rule.Listed.class, name = "list")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
sealed interface Rule {

  String ID = "[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}";

  /** The pattern of account ids; any other text would never match. */
  String ACCOUNT = "[a-z0-9][a-z0-9_.:-]{0,63}";

  int MAX_WINDOW_SECONDS = 2_592_000;

  /** Accounts on one list, and on all lists of a set. */
  int MAX_LIST = 10_000;

  /** What a rule that fires does. */
  enum Action {
    REVIEW,
    DECLINE,
    SCORE;

    @JsonValue
    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  String id();

  @Nullable Action action();

  /** Points from 0 to 100, with {@link Action#SCORE} only. */
  @Nullable Integer score();

  boolean fires(ScreeningRequest subject, PayerHistory history);

  /** The part of the payer's past that it needs; empty: none. */
  default Optional<Window> window(ScreeningRequest subject) {
    return Optional.empty();
  }

  /** One payment above the limit. */
  record AmountLimit(
      @NotNull @Pattern(regexp = ID) String id,
      @NotNull Action action,
      @Min(0) @Max(100) @Nullable Integer score,
      @NotNull @Min(0) @Max(Money.MAX_AMOUNT) Long amount,
      @NotNull @CurrencyCode String currency)
      implements Rule {

    @Override
    public boolean fires(ScreeningRequest subject, PayerHistory history) {
      return subject.money().currency().equals(currency) && subject.money().amount() > amount;
    }
  }

  /** More payments of one payer in the window, this one included. */
  record VelocityCount(
      @NotNull @Pattern(regexp = ID) String id,
      @NotNull Action action,
      @Min(0) @Max(100) @Nullable Integer score,
      @NotNull @Min(0) @Max(1_000_000) Integer count,
      @NotNull @Min(1) @Max(MAX_WINDOW_SECONDS) Integer windowSeconds)
      implements Rule {

    @Override
    public Optional<Window> window(ScreeningRequest subject) {
      return Optional.of(Window.toCountAbove(count, windowSeconds));
    }

    @Override
    public boolean fires(ScreeningRequest subject, PayerHistory history) {
      return history.in(Window.toCountAbove(count, windowSeconds)).count() > count;
    }
  }

  /** More money of one payer in the window, this payment included. */
  record VelocityAmount(
      @NotNull @Pattern(regexp = ID) String id,
      @NotNull Action action,
      @Min(0) @Max(100) @Nullable Integer score,
      @NotNull @Min(0) @Max(Money.MAX_AMOUNT) Long amount,
      @NotNull @CurrencyCode String currency,
      @NotNull @Min(1) @Max(MAX_WINDOW_SECONDS) Integer windowSeconds)
      implements Rule {

    @Override
    public Optional<Window> window(ScreeningRequest subject) {
      return concerns(subject)
          ? Optional.of(Window.toAddUp(currency, windowSeconds))
          : Optional.empty();
    }

    @Override
    public boolean fires(ScreeningRequest subject, PayerHistory history) {
      return concerns(subject)
          && history
                  .in(Window.toAddUp(currency, windowSeconds))
                  .amount()
                  .compareTo(BigInteger.valueOf(amount))
              > 0;
    }

    private boolean concerns(ScreeningRequest subject) {
      return subject.money().currency().equals(currency);
    }
  }

  /** A payer whose account is younger. */
  record NewAccount(
      @NotNull @Pattern(regexp = ID) String id,
      @NotNull Action action,
      @Min(0) @Max(100) @Nullable Integer score,
      @NotNull @Min(1) @Max(Integer.MAX_VALUE) Integer ageSeconds)
      implements Rule {

    @Override
    public boolean fires(ScreeningRequest subject, PayerHistory history) {
      return history.accountAge().toSeconds() < ageSeconds;
    }
  }

  /** A payer or payee on a list. An allow list overrides all other rules and needs no action. */
  record Listed(
      @NotNull @Pattern(regexp = ID) String id,
      @Nullable Action action,
      @Min(0) @Max(100) @Nullable Integer score,
      @NotNull Kind list,
      @Size(max = MAX_LIST) @Nullable List<@NotNull @Pattern(regexp = ACCOUNT) String> payers,
      @Size(max = MAX_LIST) @Nullable List<@NotNull @Pattern(regexp = ACCOUNT) String> payees)
      implements Rule {

    /** What being on the list means. */
    enum Kind {
      BLOCK,
      ALLOW;

      @JsonValue
      String text() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    /** How many accounts are on it. */
    int size() {
      return (payers == null ? 0 : payers.size()) + (payees == null ? 0 : payees.size());
    }

    @Override
    public boolean fires(ScreeningRequest subject, PayerHistory history) {
      return (payers != null && payers.contains(subject.payer()))
          || (payees != null && payees.contains(subject.payee()));
    }
  }

  /** Whether it is an allow list. */
  default boolean allows() {
    return this instanceof Listed listed && listed.list() == Listed.Kind.ALLOW;
  }
}
