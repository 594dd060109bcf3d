package io.quittance.kafka;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** Kafka is on where {@value #BROKERS} is set and not empty. */
final class KafkaSwitch implements Condition {

  static final String BROKERS = "quittance.kafka.bootstrap-servers";

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return StringUtils.hasText(context.getEnvironment().getProperty(BROKERS));
  }
}
