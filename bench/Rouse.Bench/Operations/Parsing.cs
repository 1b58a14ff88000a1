using System;
using System.Globalization;
using System.Text;
using Rouse.Config;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Bench.Operations;

/// <summary>A file of xinetd.d with so many services: taken apart alone, or read to the services that can run.</summary>
internal static class Parsing
{
    private const string Path = "/etc/xinetd.conf";

    public static Func<int> Parse(int services)
    {
        byte[] bytes = FileOf(services);
        return Checked(services, () => SyntaxTree.Parse(new SourceFile(Path, bytes)).Entries.Count);
    }

    public static Func<int> Load(int services)
    {
        MemoryHost host = new(Path, FileOf(services));
        return Checked(services, () => ConfigurationLoader.Load(Path, host, LoadOptions.Default).Services.Length);
    }

    // A file that is refused is read in no time.
    private static Func<int> Checked(int services, Func<int> work) =>
        work() == services ? work : throw new InvalidOperationException($"{work()} of {services} services");

    private static byte[] FileOf(int services)
    {
        StringBuilder text = new();
        for (int i = 0; i < services; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                service server-{{i}}
                {
                	type = UNLISTED
                	socket_type = stream
                	protocol = tcp
                	port = {{20000 + i}}
                	wait = no
                	user = root
                	server = {{MemoryHost.Program}}
                	server_args = -v one
                	only_from = 10.0.0.0/8 192.168.0.0/16 127.0.0.1
                	log_on_success = HOST PID EXIT DURATION
                	log_on_failure = HOST
                }

                """);
        }

        return SourceFile.Encode(text.ToString());
    }
}
