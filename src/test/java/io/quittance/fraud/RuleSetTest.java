package io.quittance.fraud;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.fraud.PayerHistory.Totals;
import io.quittance.fraud.Rule.Action;
import io.quittance.fraud.Verdict.Decision;
import io.quittance.fraud.Verdict.Source;
import io.quittance.money.Money;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rules make of a payment, without a database or a scope around it. */
class RuleSetTest {

  private static final int REVIEW_FROM = 50;
  private static final int DECLINE_FROM = 80;
  private static final Duration OLD = Duration.ofDays(365);
  private static final Window HOUR = Window.toCountAbove(3, 3_600);
  private static final Window EUROS = Window.toAddUp("EUR", 3_600);

  private static final Rule ALLOW =
      new Rule.Listed("friends", null, null, Rule.Listed.Kind.ALLOW, List.of("alice"), null);

  private static ScreeningRequest paying(long amount, String currency) {
    return new ScreeningRequest(
        UUID.randomUUID(), UUID.randomUUID(), new Money(amount, currency), "alice", "shop", "{}");
  }

  private static Rule above(String id, Action action, Integer score) {
    return new Rule.AmountLimit(id, action, score, 100L, "EUR");
  }

  private static Verdict judge(List<Rule> rules, ScreeningRequest subject, PayerHistory history) {
    var set = new RuleSet(1, rules, REVIEW_FROM, DECLINE_FROM, new Fallback.Decline());
    return new Screening.ByRules(set, subject).judge(history);
  }

  private static Verdict judge(Rule... rules) {
    return judge(List.of(rules), paying(101, "EUR"), new PayerHistory(Map.of(), OLD));
  }

  private static Totals totals(long count, long amount) {
    return new Totals(count, BigInteger.valueOf(amount));
  }

  @Test
  void approvesWhatNoRuleObjectsTo() {
    assertThat(judge()).isEqualTo(new Verdict(Decision.APPROVE, 0, List.of(), Source.RULES));
  }

  @Test
  void letsAnAllowListWinOverADecline() {
    assertThat(judge(above("big", Action.DECLINE, null), ALLOW))
        .isEqualTo(new Verdict(Decision.APPROVE, 0, List.of("friends"), Source.RULES));
  }

  @Test
  void letsADeclineWinOverAReview() {
    assertThat(judge(above("look", Action.REVIEW, null), above("stop", Action.DECLINE, null)))
        .isEqualTo(
            new Verdict(Decision.DECLINE, DECLINE_FROM, List.of("look", "stop"), Source.RULES));
  }

  @ParameterizedTest
  @CsvSource({
    "20, 29, APPROVE, 49",
    "20, 30, REVIEW, 50",
    "40, 39, REVIEW, 79",
    "40, 40, DECLINE, 80",
    "70, 90, DECLINE, 100"
  })
  void addsScoresUp(int one, int other, Decision decision, int score) {
    Verdict verdict = judge(above("a", Action.SCORE, one), above("b", Action.SCORE, other));
    assertThat(verdict.decision()).isEqualTo(decision);
    assertThat(verdict.score()).isEqualTo(score);
  }

  @Test
  void takesAReviewToTheScoreThatReviewsBeginAt() {
    assertThat(judge(above("look", Action.REVIEW, null), above("a", Action.SCORE, 10)).score())
        .isEqualTo(REVIEW_FROM);
  }

  @ParameterizedTest
  @CsvSource({"100, EUR, APPROVE", "101, EUR, DECLINE", "101, USD, APPROVE"})
  void limitsAnAmountInItsCurrencyOnly(long amount, String currency, Decision decision) {
    assertThat(
            judge(
                    List.of(above("big", Action.DECLINE, null)),
                    paying(amount, currency),
                    new PayerHistory(Map.of(), OLD))
                .decision())
        .isEqualTo(decision);
  }

  @ParameterizedTest
  @CsvSource({"3, APPROVE", "4, DECLINE"})
  void countsPaymentsOfThePayerThisOneIncluded(long count, Decision decision) {
    var rule = new Rule.VelocityCount("many", Action.DECLINE, null, 3, 3_600);
    var history = new PayerHistory(Map.of(HOUR, totals(count, 0)), OLD);
    assertThat(judge(List.of(rule), paying(1, "EUR"), history).decision()).isEqualTo(decision);
  }

  @ParameterizedTest
  @CsvSource({"500, APPROVE", "501, DECLINE"})
  void addsUpMoneyOfOneCurrency(long amount, Decision decision) {
    var rule = new Rule.VelocityAmount("much", Action.DECLINE, null, 500L, "EUR", 3_600);
    var history = new PayerHistory(Map.of(EUROS, totals(9, amount)), OLD);
    assertThat(judge(List.of(rule), paying(1, "EUR"), history).decision()).isEqualTo(decision);
  }

  @Test
  void asksOnlyForThePastThatItsRulesLookAt() {
    var rules =
        new RuleSet(
            1,
            List.of(
                new Rule.VelocityCount("many", Action.DECLINE, null, 3, 3_600),
                new Rule.VelocityCount("as many", Action.REVIEW, null, 3, 3_600),
                new Rule.VelocityAmount("much", Action.DECLINE, null, 500L, "EUR", 3_600)),
            REVIEW_FROM,
            DECLINE_FROM,
            new Fallback.Decline());
    assertThat(new Screening.ByRules(rules, paying(1, "EUR")).windows())
        .containsExactly(HOUR, EUROS);
    assertThat(new Screening.ByRules(rules, paying(1, "USD")).windows()).containsExactly(HOUR);
  }

  @ParameterizedTest
  @CsvSource({"59, REVIEW", "60, APPROVE"})
  void looksAtThePayersAccountWhileItIsNew(int age, Decision decision) {
    var rule = new Rule.NewAccount("new", Action.REVIEW, null, 60);
    var history = new PayerHistory(Map.of(), Duration.ofSeconds(age));
    assertThat(judge(List.of(rule), paying(1, "EUR"), history).decision()).isEqualTo(decision);
  }

  @Test
  void letsTheFallbackApproveWhatIsSmallOnly() {
    var fallback = new Fallback.ApproveBelow(100);
    assertThat(fallback.screening(paying(99, "EUR")))
        .hasValueSatisfying(
            screening ->
                assertThat(screening.judge(new PayerHistory(Map.of(), OLD)))
                    .isEqualTo(
                        new Verdict(
                            Decision.APPROVE,
                            0,
                            List.of("screening_unavailable"),
                            Source.FALLBACK)));
    assertThat(fallback.screening(paying(100, "EUR"))).isEmpty();
    assertThat(new Fallback.Decline().screening(paying(1, "EUR"))).isEmpty();
  }
}
