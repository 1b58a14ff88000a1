using System;
using System.Buffers;
using System.Collections.Generic;
using System.CommandLine;
using Rouse.Config.Diagnostics;
using Rouse.Config.Inetd;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Tools.Convert;

/// <summary><c>rouse convert</c>: inetd.conf as entries of xinetd.conf, on standard output or one file a service.</summary>
internal static class ConvertVerb
{
    public static Command Command()
    {
        Argument<string> file = new("FILE")
        {
            Description = "The inetd.conf to convert; - is standard input",
            DefaultValueFactory = static _ => "/etc/inetd.conf",
        };
        Option<string> directory = new("--directory") { Description = "Write a file for each service into this directory", HelpName = "DIR" };
        Option<bool> force = new("--force") { Description = "Replace files that are there" };
        Option<string> dialect = DialectOption.New();
        Command command = new("convert", "Convert inetd.conf to entries of xinetd.conf") { file, directory, force, dialect };
        command.SetAction(parsed => Run(
            parsed.GetValue(file)!, parsed.GetValue(directory), parsed.GetValue(force), DialectOption.Grammar(parsed.GetValue(dialect))));
        return command;
    }

    private static int Run(string path, string? directory, bool force, InetdGrammar grammar)
    {
        SysResult read = path == "-" ? StandardStreams.ReadInput(out byte[] bytes) : Files.Read(path, out bytes);
        if (!read.Ok)
        {
            StandardStreams.Write(StandardStreams.Error, $"rouse: cannot read {path}: {read.Error.Describe()}\n");
            return 1;
        }

        InetdConversion conversion = InetdConversion.Of(new SourceFile(path == "-" ? "standard input" : path, bytes), ThisHost.Open(), grammar);
        ArrayBufferWriter<byte> findings = new();
        foreach (Diagnostic diagnostic in conversion.Diagnostics)
        {
            DiagnosticRenderer.Render(diagnostic, findings);
        }

        StandardStreams.Write(StandardStreams.Error, findings.WrittenSpan);
        bool written = directory is null
            ? StandardStreams.Write(StandardStreams.Output, conversion.Whole)
            : WriteFiles(directory, conversion.Services, force);
        return written && conversion.IsComplete ? 0 : 1;
    }

    // Either every file can be made, or none is: half a conversion beside an old one would serve some services twice.
    private static bool WriteFiles(string directory, IReadOnlyList<ConvertedService> services, bool force)
    {
        bool mayWrite = true;
        foreach (ConvertedService service in services)
        {
            string path = $"{directory}/{service.FileName}";
            if (!force && Files.KindOf(path) != FileKind.Missing)
            {
                StandardStreams.Write(StandardStreams.Error, $"rouse: {path} is there already; nothing was written (--force replaces it)\n");
                mayWrite = false;
            }
        }

        for (int i = 0; mayWrite && i < services.Count; i++)
        {
            string path = $"{directory}/{services[i].FileName}";
            ReadOnlySpan<byte> text = services[i].Text.AsSpan();
            SysResult written = force ? Files.CreateAnew(path, text) : Files.CreateNew(path, text);
            if (!written.Ok)
            {
                StandardStreams.Write(StandardStreams.Error, $"rouse: cannot write {path}: {written.Error.Describe()}\n");
                mayWrite = false;
            }
            else
            {
                StandardStreams.Write(StandardStreams.Output, $"{path}\n");
            }
        }

        return mayWrite;
    }
}
