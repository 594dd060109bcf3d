package io.quittance.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.ledger.AccountKind;
import io.quittance.ledger.AccountStatus;
import io.quittance.payment.batch.item.ItemStatus;
import io.quittance.payment.model.PaymentStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

/** Words of the API that the console's pages list again. */
class ConsoleWordsTest {

  @Test
  void paymentsHaveTheseStates() throws IOException {
    assertThat(words("payments.js", "STATUSES"))
        .containsExactlyInAnyOrderElementsOf(texts(PaymentStatus.values(), PaymentStatus::text));
  }

  @Test
  void accountsHaveTheseStates() throws IOException {
    assertThat(words("accounts.js", "STATUSES"))
        .containsExactlyInAnyOrderElementsOf(texts(AccountStatus.values(), AccountStatus::text));
  }

  @Test
  void accountsAreOfTheseKinds() throws IOException {
    assertThat(words("accounts.js", "KINDS"))
        .containsExactlyInAnyOrderElementsOf(texts(AccountKind.values(), AccountKind::text));
  }

  @Test
  void itemsOfABatchAreCountedByEachOfTheirStates() throws IOException {
    List<String> statesAndColours = words("batches.js", "COUNTS");

    assertThat(statesAndColours).containsAll(texts(ItemStatus.values(), ItemStatus::text));
    assertThat(statesAndColours).hasSize(2 * ItemStatus.values().length);
  }

  private static List<String> words(String page, String list) throws IOException {
    String script =
        new ClassPathResource("console/pages/" + page).getContentAsString(StandardCharsets.UTF_8);
    var found = Pattern.compile("const %s = ([^;]*);".formatted(list)).matcher(script);
    assertThat(found.find()).as("%s in %s", list, page).isTrue();
    return Pattern.compile("'([^']*)'")
        .matcher(found.group(1))
        .results()
        .map((MatchResult word) -> word.group(1))
        .toList();
  }

  private static <E> List<String> texts(E[] constants, Function<E, String> text) {
    return Arrays.stream(constants).map(text).toList();
  }
}
