namespace SmeFinancialOs.Data.Benchmarks;

/// <summary>A question the suite answers with tables and charts. Its folder holds all that it needs alone.</summary>
internal interface IQuestion
{
    /// <summary>The argument that asks it, and the name of its file.</summary>
    string Name { get; }

    /// <summary>One line for the help.</summary>
    string Summary { get; }

    /// <summary>Measures with <see cref="Suite.Scale"/>: thoroughly, or just enough to show that everything works.</summary>
    Task<Report> RunAsync();
}
