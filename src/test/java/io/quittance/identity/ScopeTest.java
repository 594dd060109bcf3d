package io.quittance.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** What stored keys may do. */
class ScopeTest {

  private static final String ALL_OF_THE_FIRST =
      "payments:read payments:write ledger:read ledger:write webhooks:read webhooks:write"
          + " fraud:write keys:write analytics:read";

  @Test
  void aKeyFromBeforeStillReadsTheAuditLogWithKeysWrite() {
    assertThat(Scope.split("ledger:read keys:write", 1))
        .containsExactlyInAnyOrder(Scope.LEDGER_READ, Scope.KEYS_WRITE, Scope.AUDIT_READ);
    assertThat(Scope.split("ledger:read keys:write", Scope.VOCABULARY))
        .containsExactlyInAnyOrder(Scope.LEDGER_READ, Scope.KEYS_WRITE);
    assertThat(Scope.split("ledger:read", 1)).containsExactly(Scope.LEDGER_READ);
  }

  @Test
  void aKeyFromBeforeThatCouldDoEverythingStillCan() {
    assertThat(Scope.split(ALL_OF_THE_FIRST, 1)).isEqualTo(EnumSet.allOf(Scope.class));
    assertThat(Scope.split(ALL_OF_THE_FIRST, Scope.VOCABULARY)).doesNotContain(Scope.AUDIT_READ);
  }

  @Test
  void aScopeOfANewerReleaseOpensNothing() {
    assertThat(Scope.split("ledger:read disputes:write", Scope.VOCABULARY + 1))
        .containsExactly(Scope.LEDGER_READ);
  }

  @Test
  void writingIncludesReadingWhereThatIsSaid() {
    assertThat(Scope.FRAUD_READ.isIn(EnumSet.of(Scope.FRAUD_WRITE))).isTrue();
    assertThat(Scope.KEYS_READ.isIn(EnumSet.of(Scope.KEYS_WRITE))).isTrue();
    assertThat(Scope.AUDIT_READ.isIn(EnumSet.of(Scope.KEYS_WRITE))).isFalse();
    assertThat(Scope.LEDGER_READ.isIn(EnumSet.of(Scope.LEDGER_WRITE))).isFalse();
    assertThat(Scope.FRAUD_WRITE.isIn(EnumSet.of(Scope.FRAUD_READ))).isFalse();
  }
}
