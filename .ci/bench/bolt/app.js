// The check-in as one would write it with Bolt for JavaScript and ioredis: what
// the bot keeps of a check-in is kept here, too, as plainly as can be. One trip
// reads, one transaction writes; a check-in that comes again is answered as it
// was.
//
// Environment: PORT, SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, SLACK_API_URL and
// REDIS_URL.
import { App, LogLevel } from '@slack/bolt';
import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';

const redis = new Redis(process.env.REDIS_URL);
const app = new App({
  token: process.env.SLACK_BOT_TOKEN,
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  endpoints: '/slack/commands',
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
  logLevel: LogLevel.WARN,
});

// Writes a check-in unless its event is known or the learner has changed since
// they were read.
redis.defineCommand('commit', {
  numberOfKeys: 5,
  lua: `
    local receipt = redis.call('GET', KEYS[1])
    if receipt then return receipt end
    if (redis.call('HGET', KEYS[2], 'version') or '0') ~= ARGV[1] then return false end
    redis.call('SET', KEYS[1], ARGV[2], 'EX', 3600)
    redis.call('HSET', KEYS[2], 'version', ARGV[1] + 1, 'day', ARGV[3], 'streak', ARGV[4], 'today', ARGV[5])
    redis.call('RPUSH', KEYS[3], ARGV[6])
    redis.call('HINCRBY', KEYS[4], 'minutes', ARGV[7])
    redis.call('HINCRBY', KEYS[4], 'checkins', 1)
    redis.call('ZADD', KEYS[5], ARGV[5], ARGV[8])
    return ARGV[2]`,
});

const DAY = 24 * 60 * 60 * 1000;
const TURNOVER = 4 * 60 * 60 * 1000; // a study day ends at 04:00

// readTime finds a duration in a text, in minutes; 0 where there is none.
function readTime(text) {
  let found = /(\d+)\s*h(?:ours?)?\s*(\d{1,2})?\b/i.exec(text);
  if (found) return Number(found[1]) * 60 + Number(found[2] ?? 0);
  found = /(\d+)\s*m(?:in(?:utes)?)?\b/i.exec(text);
  return found ? Number(found[1]) : 0;
}

const duration = (minutes) => (minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60}`);

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

async function checkIn({ team_id: team, channel_id: room, user_id: user, trigger_id: trigger, text }) {
  const minutes = readTime(text);
  if (minutes < 1 || minutes > 960) return { text: 'How long was it? Say 45m or 1h30.' };
  const mode = /#?\bai\b/i.test(text) ? 'ai' : 'deep';
  const day = Math.floor((Date.now() - TURNOVER) / DAY);
  const week = Math.floor((day + 3) / 7);
  const cohort = `bolt:{${team}/${room}}`;
  const keys = [
    `${cohort}:receipt:${createHash('sha256').update(trigger).digest('base64url')}`,
    `${cohort}:learner:${user}`,
    `${cohort}:entries:${user}`,
    `${cohort}:week:${week}`,
    `${cohort}:board:${week}`,
  ];
  for (let attempt = 0; attempt < 50; attempt++) {
    const [[, receipt], [, learner], [, total]] = await redis
      .pipeline()
      .get(keys[0])
      .hgetall(keys[1])
      .zscore(keys[4], user)
      .exec();
    if (receipt) return JSON.parse(receipt);
    const last = Number(learner.day ?? -1);
    const streak = last === day ? Number(learner.streak) : last === day - 1 ? Number(learner.streak) + 1 : 1;
    const sum = Number(total ?? 0) + minutes;
    const reply = answer(minutes, mode, streak, sum, text, Number(learner.version ?? 0));
    const entry = JSON.stringify({ at: Date.now(), day, minutes, mode, note: text });
    const written = await redis.commit(
      ...keys, learner.version ?? '0', JSON.stringify(reply), day, streak, sum, entry, minutes, user,
    );
    if (written) return JSON.parse(written);
  }
  throw new Error('too many conflicts');
}

function answer(minutes, mode, streak, sum, note, entry) {
  const lines = [
    `Logged *${duration(minutes)}* ${mode}.`,
    `Note: ${escape(note)}`,
    `Streak: *${streak} days*. This week: *${duration(sum)}*.`,
  ];
  const button = (label, verb) => ({
    type: 'button',
    action_id: verb,
    text: { type: 'plain_text', text: label, emoji: false },
    value: JSON.stringify({ verb, entry }),
  });
  return {
    response_type: 'ephemeral',
    text: lines.join('\n'),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: lines.join('\n') } },
      { type: 'actions', elements: [button('Undo', 'undo'), button('Edit', 'edit')] },
    ],
  };
}

app.command('/checkin', async ({ command, ack }) => ack(await checkIn(command)));

app.error(async (error) => console.error(error));

await app.start({ port: Number(process.env.PORT), host: '127.0.0.1' });
