using System.Diagnostics;
using SmeFinancialOs.Data.Benchmarks;
SharedDatabase.Scale = args.Contains("--quick") ? Scale.Quick : Scale.Full;
var sw = Stopwatch.StartNew();
try {
var db = await SharedDatabase.GetAsync();
SharedDatabase.Progress.Say($"seeded {sw.Elapsed}");
var (m, rounds) = await new OverheadRun(SharedDatabase.Scale, SharedDatabase.Progress).RunAsync(db, default);
SharedDatabase.Progress.Say($"measured {rounds} {sw.Elapsed}");
foreach (var q in Question.All)
    foreach (var (way, _) in Question.Ways)
        Console.WriteLine($"{q.Title,-35} {way,-15} {Statistics.Percentile(m.All(q, way), 0.5) / 1000:F0} us p95 {Statistics.Percentile(m.All(q, way), 0.95) / 1000:F0} ratio {Statistics.Percentile(m.All(q, way), 0.5) / Statistics.Percentile(m.All(q, "WithoutRls"), 0.5):F3} perround {m.Ratio(q, way, "WithoutRls", 0.5):F3} p95: {Statistics.Percentile(m.All(q, way), 0.95) / Statistics.Percentile(m.All(q, "WithoutRls"), 0.95):F3} perround {m.Ratio(q, way, "WithoutRls", 0.95):F3}");
} finally {
await SharedDatabase.StopAsync(); }
