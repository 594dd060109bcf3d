package io.quittance.analytics.name;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VocabularyTest {

  private final Vocabulary empty = new Vocabulary(new Vocabulary.Limits(2, 3));

  @Test
  void admitsNamesWhileThereIsRoom() {
    List<Name> types = names(Name.TYPES, "a", "a", "b", "c");

    assertThat(empty.admissible(types)).extracting(Name::text).containsExactly("a", "b");
    Vocabulary full = empty.with(names(Name.TYPES, "a", "b"));
    assertThat(full.admissible(types)).isEmpty();
    full.assign(types);
    assertThat(types)
        .extracting(name -> name.assigned().text())
        .containsExactly("a", "a", "b", "other");
  }

  @Test
  void hasRoomForEachLabelByItself() {
    var values =
        IntStream.range(0, 10).mapToObj(i -> Name.unassigned("label:" + i % 2, "v" + i)).toList();

    assertThat(empty.admissible(values)).hasSize(6);
  }

  @Test
  void boundsLabelsByTheirKeys() {
    List<Name> many =
        IntStream.range(0, 500).mapToObj(i -> Name.unassigned("label:k" + i, "v")).toList();

    List<Name> admitted = empty.admissible(many);
    Vocabulary full = empty.with(admitted);
    full.assign(many);

    assertThat(admitted).hasSize(100);
    assertThat(full.admissible(many)).isEmpty();
    assertThat(many.getFirst().assigned().toString()).isEqualTo("label:k0=v");
    assertThat(many.getLast().assigned().toString()).isEqualTo("label:other=other");
  }

  @Test
  void findsPayees() {
    Vocabulary known = empty.with(names(Name.PAYEES, "shop"));

    assertThat(known.payee("shop").text()).isEqualTo("shop");
    assertThat(known.payee("other shop")).isNull();
    assertThat(known.with(names(Name.PAYEES, "b", "c")).payee("d").text()).isEqualTo("other");
  }

  private static List<Name> names(String space, String... texts) {
    return List.of(texts).stream().map(text -> Name.unassigned(space, text)).toList();
  }
}
