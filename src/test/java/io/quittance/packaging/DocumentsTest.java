package io.quittance.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What readers follow from one document to the next is there. */
class DocumentsTest {

  private static final int README_WORDS_MAX = 1_500;
  private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]*)(?:#([^)\\s]*))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```.*?^```$");

  @Test
  void linksLeadToFilesAndHeadingsThatExist() throws IOException {
    var broken = new ArrayList<String>();
    for (Path document : documents()) {
      for (MatchResult link : LINK.matcher(text(document)).results().toList()) {
        if (!link.group(1).contains(":") && !leads(document, link.group(1), link.group(2))) {
          broken.add(document + ": " + link.group());
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void theIndexOfDecisionsHasEachRecordUnderItsNumber() throws IOException {
    try (Stream<Path> records = Files.list(Path.of("docs/adr"))) {
      String index = Files.readString(Path.of("docs/adr/README.md"));
      assertThat(records.map(record -> record.getFileName().toString()))
          .filteredOn(name -> !name.equals("README.md"))
          .hasSizeGreaterThan(30)
          .allSatisfy(
              name ->
                  assertThat(index)
                      .containsPattern(
                          "(?m)^\\| %d \\| \\[.+]\\(%s\\) \\|"
                              .formatted(Integer.valueOf(name.substring(0, 4)), name)));
    }
  }

  @Test
  void theReadmeIsShortEnoughToBeRead() throws IOException {
    assertThat(Files.readString(Path.of("README.md")).strip().split("\\s+"))
        .hasSizeLessThan(README_WORDS_MAX);
  }

  private static boolean leads(Path document, String file, String heading) throws IOException {
    Path target = file.isEmpty() ? document : document.resolveSibling(file).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return heading == null || anchors(target).contains(heading);
  }

  /** As GitHub makes them: lower case, hyphens for spaces, no other punctuation. */
  private static List<String> anchors(Path document) throws IOException {
    return HEADING
        .matcher(text(document))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
        .toList();
  }

  private static String text(Path document) throws IOException {
    return BLOCK.matcher(Files.readString(document)).replaceAll("");
  }

  private static List<Path> documents() throws IOException {
    var documents = new ArrayList<Path>();
    for (String directory : List.of("docs", "bench", "k8s", ".github")) {
      try (Stream<Path> files = Files.walk(Path.of(directory))) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
      }
    }
    for (String name : List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")) {
      documents.add(Path.of(name));
    }
    return documents;
  }
}
