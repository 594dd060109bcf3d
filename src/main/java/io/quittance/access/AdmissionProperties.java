package io.quittance.access;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many requests are let in at once.
 *
 * @param enabled whether any are refused
 * @param floor as many are let in, however long they wait
 * @param ceiling no more are let in, however fast it goes
 * @param targetTime how long the journal may take for a command, queue and all, before fewer are
 *     let in
 */
@ConfigurationProperties("quittance.admission")
record AdmissionProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("256") int floor,
    @DefaultValue("2048") int ceiling,
    @DefaultValue("50ms") Duration targetTime) {

  AdmissionProperties {
    if (floor < 1 || ceiling < floor) {
      throw new IllegalArgumentException(
          "quittance.admission.floor must be 1 or more, and .ceiling no less than that");
    }
  }
}
