using Lyceum.AspireLocal.Sample;

return args switch
{
    ["service"] => await SampleService.RunAsync(),
    ["host", var port] => SampleHost.Run(port),
    _ => throw new ArgumentException("Say 'service' or 'host PORT'."),
};
