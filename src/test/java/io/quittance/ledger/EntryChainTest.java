package io.quittance.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.journal.AccountKey;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EntryChainTest {

  private static final UUID MERCHANT = UUID.fromString("01890000-0000-7000-8000-000000000001");
  private static final UUID TRANSFER = UUID.fromString("01890000-0000-7000-8000-000000000002");
  private static final UUID PAYMENT = UUID.fromString("01890000-0000-7000-8000-000000000003");

  private final EntryChain chain = new EntryChain();

  /** Computed apart, in Python, from the encoding in docs/adr/0008. */
  @Test
  void hashesAsItIsWrittenDown() {
    byte[] start = chain.start(new AccountKey(MERCHANT, "alice"), 0, 0);
    byte[] first = chain.next(null, MERCHANT, entry(1, -1_200, PAYMENT, "r €"));
    byte[] second = chain.next(first, MERCHANT, entry(2, -2_400, null, null));

    assertThat(hex(start))
        .isEqualTo("f4926621fe21290a7fae8649b084dd2109c4702a8dc2e80c05d55cb85070ed99");
    assertThat(hex(first))
        .isEqualTo("e3ff0a0b1b127c8bd6718f19e92cce83fc219801382801f8feef44d2395f57c6");
    assertThat(hex(second))
        .isEqualTo("745ab7161a6c7dfcf776479e488af5edfb283aadee84748ffd4d73c2c80e91ef");
  }

  @Test
  void tellsNoReferenceFromAnEmptyOne() {
    assertThat(chain.next(null, MERCHANT, entry(1, 0, null, null)))
        .isNotEqualTo(chain.next(null, MERCHANT, entry(1, 0, null, "")));
  }

  private static EntryContent entry(long number, long balance, UUID payment, String reference) {
    return new EntryContent(
        TRANSFER,
        "alice",
        "shöp",
        number,
        -1_200,
        balance,
        "EUR",
        payment,
        reference,
        "{}",
        null,
        Instant.parse("2026-09-21T14:13:20.123456Z"),
        Instant.parse("2026-09-21T14:13:20.654321999Z"));
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }
}
