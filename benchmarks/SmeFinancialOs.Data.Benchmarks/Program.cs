using System.Runtime.InteropServices;
using SmeFinancialOs.Data.Benchmarks;

// Whoever ends the run early gets the prompt back when nothing is left behind, not before.
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
return await Commands.RunAsync(args);

static void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    Console.Error.WriteLine("Stopping ..");
    Suite.StopAsync().Wait();
    Environment.Exit(signal.Signal == PosixSignal.SIGINT ? 130 : 143);
}
