package io.quittance.analytics.status;

import java.util.UUID;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * A name for this replica: the host's name, which is the pod's in Kubernetes, and a random part
 * that is new with each start.
 */
@Component
final class ReplicaName {

  private static final int DRAWN_LENGTH = 6;

  private final String text;

  ReplicaName(Environment environment) {
    String host = environment.getProperty("HOSTNAME", "replica");
    text = host + "-" + UUID.randomUUID().toString().substring(0, DRAWN_LENGTH);
  }

  String text() {
    return text;
  }
}
