// SPDX-License-Identifier: GPL-3.0-or-later
// duckdb.mjs FOLDER FORMAT USAGE PRICES THREADS - the benchmark's question put to DuckDB: usage priced, and grouped by
// project, model and day.  Prints "version seconds groups rows input output read write femto-USD".  FOLDER holds
// node_modules with @duckdb/node-api.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [folder, format, usage, prices, threads] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(resolve(folder) + '/')('@duckdb/node-api');

const connection = await (await DuckDBInstance.create(':memory:', { threads })).connect();
await connection.run(`SET TimeZone = 'UTC'`).catch(() => {});
await connection.run(`CREATE TABLE prices AS SELECT * FROM read_csv('${prices}', header = true, columns = {
    model_id: 'VARCHAR', region: 'VARCHAR', tier: 'VARCHAR',
    input: 'BIGINT', output: 'BIGINT', cache_read: 'BIGINT', cache_write: 'BIGINT'})`);

const rows = {
    csv: `SELECT timestamp::DATE AS day, project, model_id, region, tier,
            input_tokens AS i, output_tokens AS o, cache_read AS cr, cache_write AS cw
        FROM read_csv('${usage}', header = true, delim = ',', quote = '"', escape = '"', columns = {
            timestamp: 'TIMESTAMP', project: 'VARCHAR', team: 'VARCHAR', environment: 'VARCHAR', model_id: 'VARCHAR',
            region: 'VARCHAR', tier: 'VARCHAR', input_tokens: 'BIGINT', output_tokens: 'BIGINT',
            cache_read: 'BIGINT', cache_write: 'BIGINT'})`,
    openai: `SELECT epoch_ms(start_time * 1000)::DATE AS day, project_id AS project, model AS model_id, region,
            service_tier AS tier, input_tokens - input_cached_tokens - input_cache_write_tokens AS i,
            output_tokens AS o, input_cached_tokens AS cr, input_cache_write_tokens AS cw
        FROM read_ndjson('${usage}', columns = {
            start_time: 'BIGINT', project_id: 'VARCHAR', model: 'VARCHAR', region: 'VARCHAR', service_tier: 'VARCHAR',
            input_tokens: 'BIGINT', output_tokens: 'BIGINT', input_cached_tokens: 'BIGINT',
            input_cache_write_tokens: 'BIGINT'})`,
    bedrock: `SELECT timestamp::DATE AS day, requestMetadata.project AS project, modelId AS model_id, region,
            requestMetadata.serviceTier AS tier, input.inputTokenCount AS i, output.outputTokenCount AS o,
            input.cacheReadInputTokenCount AS cr, input.cacheWriteInputTokenCount AS cw
        FROM read_ndjson('${usage}', columns = {
            timestamp: 'TIMESTAMP', region: 'VARCHAR', modelId: 'VARCHAR',
            input: 'STRUCT(inputTokenCount BIGINT, cacheReadInputTokenCount BIGINT, cacheWriteInputTokenCount BIGINT)',
            output: 'STRUCT(outputTokenCount BIGINT)',
            requestMetadata: 'STRUCT(project VARCHAR, serviceTier VARCHAR)'})`,
}[format];

const query = `WITH bill AS (
        SELECT project, u.model_id, day, count(*) AS n, sum(i) AS i, sum(o) AS o, sum(cr) AS cr, sum(cw) AS cw,
            sum(i * input + o * output + cr * p.cache_read + cw * p.cache_write) AS cost
        FROM (${rows}) u JOIN prices p USING (model_id, region, tier) GROUP BY ALL)
    SELECT count(*), sum(n), sum(i), sum(o), sum(cr), sum(cw), sum(cost) FROM bill`;

const version = (await connection.runAndReadAll('SELECT version()')).getRowsJson()[0][0];
const start = performance.now();
const answer = await connection.runAndReadAll(query);
const seconds = (performance.now() - start) / 1000;
console.log(version, seconds.toFixed(4), ...answer.getRowsJson()[0]);
