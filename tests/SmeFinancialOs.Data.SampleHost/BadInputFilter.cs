namespace SmeFinancialOs.Data.SampleHost;

/// <summary>The library checks values before it sends anything; what it says of them is for the caller.</summary>
internal sealed class BadInputFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (ArgumentException fault) when (fault.ParamName is { } name)
        {
            return Results.ValidationProblem(new Dictionary<string, string[]> { [name] = [fault.Message] });
        }
    }
}
