package io.quittance.analytics.event;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.quittance.analytics.name.NewNames;
import io.quittance.analytics.name.Vocabulary;
import io.quittance.web.InputError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Parses bodies. Each event is parsed separately, with one parser for all of them. Thread-safe. */
public final class EventParser {

  public static final int EVENTS_MAX = 10_000;

  /** The largest body, uncompressed. */
  public static final int BYTES_MAX = 5_000_000;

  private static final int ERRORS_MAX = 100;
  private static final int SCRATCH_LENGTH = 1024;

  /** The typical size of an event. */
  private static final int EVENT_BYTES = 90;

  private static final long PAST_MAX_SECONDS = Duration.ofHours(24).toSeconds();
  private static final long FUTURE_MAX_SECONDS = Duration.ofMinutes(5).toSeconds();

  /** This key is public: all replicas and versions must count the same sessions. */
  private static final TextHash SESSIONS = new TextHash(0x5e55_1045, 0xc0de_d1ce);

  /** With a random key of this replica, which is never shown. */
  private final TextHash ids =
      new TextHash(ThreadLocalRandom.current().nextLong(), ThreadLocalRandom.current().nextLong());

  /**
   * Reads a body.
   *
   * @param body in UTF-8
   * @param now when the body came: the time of events that have none
   * @throws MalformedBodyException it cannot be split into events
   * @throws TooManyEventsException it has more than {@link #EVENTS_MAX} events
   */
  public ParsedBody parse(
      byte[] body, EventFormat format, UUID merchantId, Vocabulary vocabulary, Instant now) {
    return new Reading(body, format, merchantId, vocabulary, now.getEpochSecond()).all();
  }

  /** Parses one body. */
  private final class Reading {

    private final byte[] body;
    private final long now;
    private final ReusableJsonParser parser;
    private final EventSplitter splitter;
    private final NewNames newNames;
    private final EventReader reader;
    private final EventBatch events;
    private final List<EventError> errors = new ArrayList<>();
    private @Nullable CharsetDecoder decoder;
    private final CharBuffer scratch = CharBuffer.allocate(SCRATCH_LENGTH);
    private int index;
    private int late;
    private int rejected;

    Reading(byte[] body, EventFormat format, UUID merchantId, Vocabulary vocabulary, long now) {
      this.body = body;
      this.now = now;
      this.events = new EventBatch(Math.min(EVENTS_MAX, body.length / EVENT_BYTES));
      this.parser = ReusableJsonParser.of(body);
      this.splitter = EventSplitter.of(format, body, body.length);
      this.newNames = new NewNames(vocabulary.limits());
      this.reader =
          new EventReader(
              parser, format, vocabulary, newNames, ids.of(merchantId), SESSIONS.of(merchantId));
    }

    ParsedBody all() {
      try {
        for (; splitter.next(); index++) {
          if (index == EVENTS_MAX) {
            throw new TooManyEventsException();
          }
          one();
        }
      } finally {
        parser.finish();
      }
      return new ParsedBody(events, newNames.all(), late, rejected, errors);
    }

    private void one() {
      if (!splitter.ascii() && !utf8()) {
        reject(EventError.malformed(index, "The event is not valid UTF-8."));
        return;
      }
      parser.read(splitter.start(), splitter.end());
      EventFields event;
      try {
        event = reader.read();
        if (!parser.finished()) {
          reject(EventError.malformed(index, "The event has content after its JSON value."));
          return;
        }
      } catch (StreamConstraintsException e) {
        reject(
            EventError.malformed(
                index, "The event is nested too deeply, or has a number that is too long."));
        return;
      } catch (IOException e) {
        reject(EventError.malformed(index, "The event is not valid JSON."));
        return;
      }
      judge(event);
    }

    private void judge(EventFields event) {
      if (event.error != null) {
        reject(rejected < ERRORS_MAX ? EventError.of(index, id(), event.error) : null);
        return;
      }
      if (!event.hasTime) {
        event.second = now;
      }
      if (event.second < now - PAST_MAX_SECONDS || event.second > now + FUTURE_MAX_SECONDS) {
        late++;
      } else {
        events.add(event);
      }
    }

    /** The event's id, read again because the reader did not keep it. */
    private @Nullable String id() {
      parser.read(splitter.start(), splitter.end());
      try {
        if (parser.nextToken() == JsonToken.START_OBJECT) {
          for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (name.equals("id") && value == JsonToken.VALUE_STRING) {
              String id = parser.getText();
              return id.codePointCount(0, id.length()) <= EventReader.ID_LENGTH_MAX
                  ? InputError.shown(id)
                  : null;
            }
            parser.skipChildren();
          }
        }
        return null;
      } catch (IOException e) {
        throw new IllegalStateException("it was read before", e);
      }
    }

    /** Whether the event is valid UTF-8; Jackson takes overlong forms (RFC 3629, 10). */
    private boolean utf8() {
      if (decoder == null) {
        decoder =
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
      }
      decoder.reset();
      var bytes = ByteBuffer.wrap(body, splitter.start(), splitter.end() - splitter.start());
      CoderResult result;
      do {
        result = decoder.decode(bytes, scratch.clear(), true);
      } while (result.isOverflow());
      return result.isUnderflow();
    }

    private void reject(@Nullable EventError error) {
      rejected++;
      if (error != null && errors.size() < ERRORS_MAX) {
        errors.add(error);
      }
    }
  }
}
