using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using PamTui.Benchmarks.Databases;
using PamTui.Benchmarks.Endurance;
using PamTui.Benchmarks.Screens;
using PamTui.Benchmarks.SideBySide;

if (args is ["side-by-side", ..])
{
    return await SideBySideRun.RunAsync(args[1..]);
}

if (EnduranceRun.TryRun(args) is { } endurance)
{
    return await endurance;
}

if (ScreensRun.TryRun(args) is { } screens)
{
    return await screens;
}

if (DatabasesRun.TryRun(args) is { } databases)
{
    return await databases;
}

// In this process: the generated project of the usual toolchain does not fit the solution's artifacts folder and lock files.
BenchmarkSwitcher
    .FromAssembly(typeof(Program).Assembly)
    .Run(args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
return 0;
