package io.quittance.console;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The console.
 *
 * @param enabled whether its pages are served
 */
@ConfigurationProperties("quittance.console")
record ConsoleProperties(@DefaultValue("false") boolean enabled) {}
