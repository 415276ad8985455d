using ServiceLoop.Runtime.Tests;
using ServiceLoop.Runtime.Tests.Postgres.Embedded;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// As xunit would generate it, plus one door: a test may start this program again as another user of the embedded server.
return args switch
{
    [SecondProcess.Verb, var home] => await SecondProcess.RunAsync(home),
    _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") => await TestPlatformTestFramework.RunAsync(
        args,
        SelfRegisteredExtensions.AddSelfRegisteredExtensions
    ),
    _ => await ConsoleRunner.Run(args),
};
