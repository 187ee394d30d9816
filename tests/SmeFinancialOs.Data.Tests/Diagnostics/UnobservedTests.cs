using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SmeFinancialOs.Data.Diagnostics;

namespace SmeFinancialOs.Data.Tests.Diagnostics;

[Collection(nameof(SequentialTestGroup))]
public sealed class UnobservedTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Call_that_nobody_observes_allocates_nothing(bool hasLoggers)
    {
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFilter(_ => true));
        var telemetry = new Telemetry(new TenantConnectionOptions { LoggerFactory = hasLoggers ? loggers : null }, "database");
        var context = TenantContext.ForOrganization(Guid.NewGuid());
        Observe();
        Instruments.Source.HasListeners().Should().BeFalse();
        Instruments.CountsTransactions.Should().BeFalse();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 1000; call++)
            Observe();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        // All that a call without a fault does.
        void Observe()
        {
            using var transaction = telemetry.StartTransaction(OperationName.Query, context);
            transaction?.Opened();
            using var call = telemetry.StartCall(OperationName.Query, context, work: null);
            call?.Succeed();
            transaction?.Succeed();
        }
    }

    [Fact]
    public void Span_that_a_sampler_drops_is_no_operation()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TenantDiagnostics.ActivitySourceName,
            Sample = (ref _) => ActivitySamplingResult.None
        };
        ActivitySource.AddActivityListener(listener);
        var telemetry = new Telemetry(new TenantConnectionOptions(), "database");
        var context = TenantContext.ForOrganization(Guid.NewGuid());
        telemetry.StartTransaction(OperationName.Query, context).Should().BeNull();
        telemetry.StartCall(OperationName.Query, context, work: null).Should().BeNull();
    }
}
