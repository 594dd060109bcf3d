package io.quittance.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits at the HTTP edge.
 *
 * @param maxBodyBytes the largest request body
 */
@ConfigurationProperties("quittance.web")
record WebProperties(@DefaultValue("65536") int maxBodyBytes) {}
