using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Binding;

/// <summary>What stays in memory of an entry, and how much it takes to read one. Nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

[Collection(Alone.Name)]
public sealed class DefinitionMemoryTests(ITestOutputHelper output)
{
    private const int Services = 2000;
    private const double MostBytesKept = 600;
    private const double MostBytesAllocated = 4000;

    [Fact]
    public void Of_entries_that_are_alike_only_what_differs_is_kept()
    {
        ImmutableArray<ServiceDefinition> services = Load().Services;
        ServiceDefinition a = services[3];
        ServiceDefinition b = services[^1];
        Assert.Same(a.Server, b.Server);
        Assert.Same(a.Name, b.Name);
        Assert.Same(a.Bind, b.Bind);
        Assert.Same(a.Protocol.Name, b.Protocol.Name);
        Assert.Same(a.LogType, b.LogType);
        Assert.True(a.Arguments == b.Arguments);
        Assert.True(a.BindAddresses == b.BindAddresses);
        Assert.NotEqual(a.Id, b.Id);
        Assert.Equal("in.server", a.Arguments[0]);
        Assert.Equal("127.0.0.1", a.BindAddresses[0].ToText());
    }

    [Fact]
    public void Lists_that_differ_are_kept_apart()
    {
        Configuration configuration = Loaded.From(string.Concat(
            Loaded.Service("server_args = a b\nbind = 127.0.0.1", "one", 7001),
            Loaded.Service("server_args = a c\nbind = 127.0.0.2", "two", 7002),
            Loaded.Service("bind = 127.0.0.1", "three", 7003),
            Loaded.Service("flags = NAMEINARGS\nserver_args = a c", "four", 7004)));
        Assert.Equal(
            ["in.server a b", "in.server a c", "in.server", "a c"], configuration.Services.Select(service => string.Join(' ', service.Arguments)));
        Assert.Equal(
            ["127.0.0.1", "127.0.0.2", "127.0.0.1", ""],
            configuration.Services.Select(service => string.Join(' ', service.BindAddresses.Select(address => address.ToText()))));
    }

    [Fact]
    public void Of_the_text_of_the_files_the_rules_about_peers_are_kept()
    {
        Configuration configuration = Loaded.From(
            "defaults\n{\nno_access = 10.1.{2,3}\n}\n" + Loaded.Service("only_from = 10.0.0.0/8 .example.org\naccess_times = 8:00-9:30")).WithoutTexts();
        ServiceDefinition service = Assert.Single(configuration.Services);
        Assert.Equal(["10.0.0.0/8", ".example.org"], service.OnlyFrom.Select(pattern => Text(pattern.Span)));
        Assert.All(service.NoAccess, pattern => Assert.Equal("10.1.{2,3}", Text(pattern.Span)));
        Assert.Equal("8:00-9:30", Text(service.AccessTimes[0].Span));
        Assert.True(configuration.Files[0].Bytes.IsEmpty);

        static string Text(SourceSpan span) => SourceFile.Decode(span.File!.TextOf(span));
    }

    [Fact]
    public void A_definition_keeps_few_bytes()
    {
        MemoryHost host = Host();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        ImmutableArray<ServiceDefinition> services = LoadServices(host);
        double each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Services;
        output.WriteLine($"{each:F0} bytes kept each");
        Assert.InRange(each, 100, MostBytesKept);
        GC.KeepAlive(services);
        GC.KeepAlive(host);
    }

    [Fact]
    public void Reading_an_entry_allocates_little()
    {
        MemoryHost host = Host();
        LoadServices(host);
        long before = GC.GetAllocatedBytesForCurrentThread();
        LoadServices(host);
        double each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Services;
        output.WriteLine($"{each:F0} bytes allocated each");
        Assert.InRange(each, 100, MostBytesAllocated);
    }

    private static Configuration Load() => ConfigurationLoader.Load(Loaded.Path, Host(), LoadOptions.Default);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ImmutableArray<ServiceDefinition> LoadServices(MemoryHost host)
    {
        Configuration configuration = ConfigurationLoader.Load(Loaded.Path, host, LoadOptions.Default).WithoutTexts();
        Assert.Equal(Services, configuration.Services.Length);
        return configuration.Services;
    }

    private static MemoryHost Host()
    {
        StringBuilder text = new("defaults\n{\nlog_type = FILE /var/log/services\n}\n");
        for (int i = 0; i < Services; i++)
        {
            text.Append(Loaded.Service($"id = service-{i}\nbind = 127.0.0.1\nflags = NOLIBWRAP", "shared", 10_000 + i));
        }

        MemoryHost host = new();
        host.Files[Loaded.Path] = SourceFile.Encode(text.ToString());
        return host;
    }
}
