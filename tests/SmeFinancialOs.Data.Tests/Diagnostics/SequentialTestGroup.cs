namespace SmeFinancialOs.Data.Tests.Diagnostics;

/// <summary>Listeners hear the whole process: these tests run one by one, after the others.</summary>
[CollectionDefinition(nameof(SequentialTestGroup), DisableParallelization = true)]
public sealed class SequentialTestGroup;
