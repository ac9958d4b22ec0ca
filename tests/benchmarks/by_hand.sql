-- What an expert would write for the world of support/big_world.py: the same reads, casts, keyed
-- hash (HMAC-SHA-256, RFC 2104, so that the cells can be compared), joins and cells in one go,
-- for these files as they are: nothing checked, nothing noted, nothing kept between the steps.
CREATE MACRO pseudonym(id) AS
  left(sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode(id)))), 32);

CREATE MACRO customer(id) AS pseudonym(coalesce(nullif(ltrim(trim(id), '0'), ''), '0'));

CREATE TEMP TABLE customers AS
SELECT customer(customer) AS customer_id, strptime(joined, '%d/%m/%Y')::DATE AS joined_on,
       try_strptime("left", '%d/%m/%Y')::DATE AS left_on, segment, region
FROM read_csv('{folder}/customers.csv', delim = ';', header = true, all_varchar = true);

CREATE TEMP TABLE answers AS
SELECT pseudonym(id) AS id, customer(customer) AS customer_id,
       answered::DATE AS answered_on, try_cast(nps AS INTEGER) AS nps_score
FROM read_csv('{folder}/answers.csv', header = true, all_varchar = true)
WHERE try_cast(nps AS INTEGER) BETWEEN 0 AND 10;

CREATE TEMP TABLE orders AS
SELECT pseudonym(line) AS order_id, customer(customer) AS customer_id,
       strptime(date, '%d/%m/%Y')::DATE AS ordered_on,
       category, round(try_cast(replace(amount, ',', '.') AS DECIMAL(15, 2)) * 100)::BIGINT AS cents
FROM read_csv('{folder}/orders.csv', delim = ';', header = true, all_varchar = true)
WHERE try_cast(replace(amount, ',', '.') AS DECIMAL(15, 2)) IS NOT NULL;

CREATE TEMP TABLE landmarks AS
SELECT unnest([DATE '2021-12-31', DATE '2022-12-31', DATE '2023-12-31']) AS t;

CREATE TEMP TABLE firsts AS
SELECT customer_id, category, min(ordered_on) AS first_on FROM orders WHERE cents > 0
GROUP BY ALL;

CREATE TEMP TABLE panel AS
WITH cohort AS (
  SELECT customer_id, t, segment, region, t - joined_on AS tenure_days,
         left_on IS NULL OR left_on > t + 365 AS is_retained
  FROM customers, landmarks WHERE joined_on <= t AND (left_on IS NULL OR left_on > t)
), scores AS (
  SELECT customer_id, t, arg_max(nps_score, (answered_on, id)) AS nps_score
  FROM answers, landmarks WHERE answered_on > t - 365 AND answered_on <= t GROUP BY ALL
), money AS (
  SELECT customer_id, t, sum(cents) FILTER (ordered_on <= t) AS past_revenue_cents,
         count(*) FILTER (ordered_on <= t AND cents > 0) AS n_past_orders,
         sum(cents) FILTER (ordered_on > t) AS net_revenue_cents
  FROM orders, landmarks WHERE ordered_on > t - 365 AND ordered_on <= t + 365 GROUP BY ALL
), bought AS (
  SELECT customer_id, t, count(*) FILTER (first_on <= t) AS n_categories_owned,
         count(*) FILTER (first_on > t) AS n_new_categories
  FROM firsts, landmarks WHERE first_on <= t + 365 GROUP BY ALL
)
SELECT * FROM cohort LEFT JOIN scores USING (customer_id, t) LEFT JOIN money USING (customer_id, t)
LEFT JOIN bought USING (customer_id, t);

COPY (SELECT * FROM panel ORDER BY t, customer_id) TO '{target}' (FORMAT parquet, COMPRESSION zstd);

SELECT t, nps_score, segment, region, coalesce(n_categories_owned, 0), count(*),
       sum(is_retained::INT), coalesce(sum(net_revenue_cents), 0)
FROM panel WHERE nps_score IS NOT NULL GROUP BY ALL;
