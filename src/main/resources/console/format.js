// Amounts, numbers and times, in the reader's locale.
import {CURRENCY_DECIMALS} from './currencies.js';

const MAX_AMOUNT = 9007199254740991n;
const numbers = new Intl.NumberFormat();
const rates = new Intl.NumberFormat(undefined, {maximumFractionDigits: 1});
const percents = new Intl.NumberFormat(undefined, {style: 'percent', maximumFractionDigits: 1});
const times = new Intl.DateTimeFormat(undefined, {
  year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
});
const clock = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const amounts = new Map();
const decimalSeparator =
    new Intl.NumberFormat().formatToParts(1.5).find((part) => part.type === 'decimal')?.value ?? '.';

export const currencies = Object.keys(CURRENCY_DECIMALS);

export function decimalsOf(currency) {
  return CURRENCY_DECIMALS[currency] ?? 2;
}

/** Minor units as a plain decimal number, exact: 1234 EUR is 12.34, -5 JPY is -5. */
export function decimal(minor, currency) {
  const places = decimalsOf(currency);
  const digits = String(BigInt(minor) < 0n ? -BigInt(minor) : BigInt(minor)).padStart(places + 1, '0');
  const sign = BigInt(minor) < 0n ? '-' : '';
  return places === 0 ? sign + digits : sign + digits.slice(0, -places) + '.' + digits.slice(-places);
}

/** Minor units as the reader writes numbers, with the currency's decimals. */
export function amount(minor, currency) {
  const places = decimalsOf(currency);
  if (!amounts.has(places)) {
    amounts.set(places, new Intl.NumberFormat(undefined,
        {minimumFractionDigits: places, maximumFractionDigits: places}));
  }
  return amounts.get(places).format(decimal(minor, currency));
}

/** An amount as it stands in an input, without grouping. */
export function inputAmount(minor, currency) {
  return decimal(minor, currency).replace('.', decimalSeparator);
}

/**
 * Reads an amount in major units, with a point or a comma, however it is grouped.
 *
 * @return minor units
 * @throws Error that says what is wrong
 */
export function parseAmount(text, currency) {
  const places = decimalsOf(currency);
  const plain = text.trim().replace(/[\s'’\u00a0\u202f]/g, '');
  if (!/^[0-9][0-9.,]*$/.test(plain)) {
    throw new Error('Enter an amount, such as ' + inputAmount(places === 0 ? 1250 : 1250 * 10 ** (places - 2), currency) + '.');
  }
  const last = Math.max(plain.lastIndexOf('.'), plain.lastIndexOf(','));
  const mark = last < 0 ? '' : plain[last];
  const both = plain.includes('.') && plain.includes(',');
  const behind = plain.length - last - 1;
  const repeated = mark !== '' && plain.indexOf(mark) !== last;
  const grouping = mark !== '' && !both && behind === 3 && (repeated || (mark !== decimalSeparator && places !== 3));
  const whole = (last < 0 || grouping ? plain : plain.slice(0, last)).replace(/[.,]/g, '');
  const fraction = last < 0 || grouping ? '' : plain.slice(last + 1);
  if (fraction.length > places) {
    throw new Error(places === 0
        ? currency + ' has no decimals.'
        : `${currency} has ${places} decimals, not ${fraction.length}.`);
  }
  const minor = BigInt(whole + fraction.padEnd(places, '0'));
  if (minor < 1n || minor > MAX_AMOUNT) {
    throw new Error('The amount must be more than 0 and at most ' + amount(MAX_AMOUNT, currency) + '.');
  }
  return Number(minor);
}

export const number = (value) => (value == null ? '–' : numbers.format(value));
export const rate = (value) => (value == null ? '–' : rates.format(value));
export const percent = (value) => (value == null ? '–' : percents.format(value));
export const time = (iso) => times.format(new Date(iso));
/** For whoever points at a time of the reader's. */
export const utcTime = (iso) => new Date(iso).toISOString().replace('T', ' ').replace('.000', '').replace('Z', ' UTC');
export const clockTime = (iso) => clock.format(new Date(iso));

/** Milliseconds, as few digits as tell them apart. */
export function duration(ms) {
  if (ms == null) {
    return '–';
  }
  if (ms >= 10000) {
    return rates.format(ms / 1000) + ' s';
  }
  if (ms >= 1000) {
    return new Intl.NumberFormat(undefined, {maximumFractionDigits: 2}).format(ms / 1000) + ' s';
  }
  return (ms < 10 ? rates.format(ms) : numbers.format(Math.round(ms))) + ' ms';
}

/** Seconds as days, hours, minutes: the two largest. */
export function span(seconds) {
  const parts = [[Math.floor(seconds / 86400), 'd'], [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'], [Math.floor(seconds) % 60, 's']];
  const first = parts.findIndex(([count]) => count > 0);
  return first < 0 ? '0 s' : parts.slice(first, first + 2).map(([count, unit]) => count + ' ' + unit).join(' ');
}

/** snake_case in words. */
export function words(code) {
  const text = String(code).replace(/[_.]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
