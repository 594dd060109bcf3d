package io.quittance.admission;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of the requests under way.
 *
 * @param enabled whether requests are refused at all
 * @param floor the lowest limit of each lane, however long requests wait
 * @param ceiling the highest limit of all lanes together, unless the sum of their floors is higher
 * @param targetTime how long the journal may take for a command, including its queue, before the
 *     limit is lowered
 * @param halfSent how much memory requests whose bodies are arriving may take
 */
@ConfigurationProperties("quittance.admission")
record AdmissionProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("256") @Min(1) int floor,
    @DefaultValue("2048") int ceiling,
    @DefaultValue("50ms") @DurationMin(millis = 1) Duration targetTime,
    @DefaultValue("64MB") DataSize halfSent) {

  private static final DataSize HALF_SENT_MIN = DataSize.ofMegabytes(1);

  AdmissionProperties {
    if (ceiling < floor) {
      throw new IllegalArgumentException(
          "quittance.admission.ceiling must be no less than quittance.admission.floor");
    }
    if (halfSent.compareTo(HALF_SENT_MIN) < 0) {
      throw new IllegalArgumentException(
          "quittance.admission.half-sent must be %d MB or more"
              .formatted(HALF_SENT_MIN.toMegabytes()));
    }
  }

  /** The range of each lane, of so many lanes. */
  AdmissionLane.Range range(int lanes) {
    int most = Math.max(floor, ceiling / lanes);
    return new AdmissionLane.Range(floor, Math.max(floor, most / 2), most, targetTime);
  }
}
