package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A release changes one number in several files; none of them may be left behind. */
class VersionsTest {

  private static final String NUMBER = "(\\d+\\.\\d+\\.\\d+)";

  @Test
  void thePomHasTheNewestVersionOfTheChangelogOrASnapshotOfALaterOne() throws IOException {
    String pom =
        only("pom.xml", "<artifactId>quittance</artifactId>\\s*<version>([^<]+)</version>");

    if (pom.endsWith("-SNAPSHOT")) {
      Version next = Version.parse(pom.replace("-SNAPSHOT", ""));
      assertThat(next).isGreaterThan(Version.parse(released()));
    } else {
      assertThat(pom).isEqualTo(released());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Dockerfile, ARG VERSION=",
    "docker-compose.yml, image: quittance:",
    "k8s/base/deployment.yaml, image: quittance:",
    "k8s/overlays/production/kustomization.yaml, newTag: ",
    "k8s/README.md, the image `quittance:"
  })
  void imagesHaveTheNewestVersionOfTheChangelog(String file, String before) throws IOException {
    assertThat(all(file, Pattern.quote(before) + "\\s*" + NUMBER))
        .isNotEmpty()
        .containsOnly(released());
  }

  private static String released() throws IOException {
    return all("CHANGELOG.md", "(?m)^## \\[" + NUMBER + "] - \\d{4}-\\d{2}-\\d{2}$").getFirst();
  }

  private static String only(String file, String pattern) throws IOException {
    List<String> found = all(file, pattern);
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static List<String> all(String file, String pattern) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(Path.of(file)))
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }
}
