using ServiceLoop.Identity.Tests;
using ServiceLoop.Identity.Tests.Audit;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// As xunit would generate it, plus one door: a test may start this program again as a node that writes the audit log.
return args switch
{
    [WritingProcess.Verb, var address] => await WritingProcess.RunAsync(address),
    _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") => await TestPlatformTestFramework.RunAsync(
        args,
        SelfRegisteredExtensions.AddSelfRegisteredExtensions
    ),
    _ => await ConsoleRunner.Run(args),
};
