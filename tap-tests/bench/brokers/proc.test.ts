import { test } from 'tap';
import { processorTime, residentMemory, roughTime } from '../../../bench/brokers/proc.js';

const skip = process.platform !== 'linux' && 'only Linux says it';

test('what Linux says of a process is what it says itself', { skip }, async (t) => {
  for (const end = performance.now() + 100; performance.now() < end;);
  const own = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const before = own();
  const seen = { fine: await processorTime(process.pid), rough: await roughTime(process.pid) };
  const after = own();
  for (const [how, time] of Object.entries(seen)) {
    t.ok(time > before - 30 && time < after + 30, `${how}: ${time} ms, between ${before} and ${after}`);
  }
  const ratio = await residentMemory(process.pid) / process.memoryUsage().rss;
  t.ok(ratio > 0.8 && ratio < 1.25, `resident memory, ${ratio} times as much`);
});
