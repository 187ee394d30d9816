namespace SmeFinancialOs.Data.Diagnostics;

/// <summary>What is observed: names of spans, and values of <see cref="TagName.Operation"/>.</summary>
internal static class OperationName
{
    public const string UnitOfWork = "tenant.unit_of_work";
    public const string Query = "tenant.query";
    public const string QuerySingle = "tenant.query_single";
    public const string Scalar = "tenant.scalar";
    public const string Execute = "tenant.execute";
    public const string InsertMany = "tenant.insert_many";
    public const string Resolve = "tenant.resolve";
    public const string Batch = "tenant.batch";
    public const string Stream = "tenant.stream";
    public const string Copy = "tenant.copy";
}
