using System;
using System.Collections.Immutable;
using System.Threading;
using Rouse.Access.Wrappers;
using Rouse.Linux;

namespace Rouse.Server.Wrappers;

/// <summary>
/// One reading of the files of tcp_wrappers: the rules, and the stamps by which it is noticed that the files are others. It knows nothing of the
/// loop, and may be done on any thread.
/// </summary>
internal sealed class RuleReading
{
    // Longer than the clock of any file system stands still.
    private const int UnsettledMs = 25;

    private RuleReading(HostRules rules, ImmutableArray<string> paths, FileStamp[] stamps, bool isSettled, bool wasDisturbed)
    {
        (Rules, Paths, Stamps, IsSettled, WasDisturbed) = (rules, paths, stamps, isSettled, wasDisturbed);
    }

    public HostRules Rules { get; }

    /// <summary>Whose change makes the rules old ones.</summary>
    public ImmutableArray<string> Paths { get; }

    /// <summary>Taken before the files were read: what changes in between is seen the next time.</summary>
    public FileStamp[] Stamps { get; }

    /// <summary>Every change since the stamps were taken shows in them.</summary>
    public bool IsSettled { get; }

    /// <summary>The machine could not read what may be readable in the next moment.</summary>
    public bool WasDisturbed { get; }

    /// <summary>Reads files that are small; null where they are not, and reading them would take too long.</summary>
    /// <param name="paths">The files of the last reading.</param>
    /// <param name="most">The bytes that they may have together.</param>
    public static RuleReading? OfSmall(IWrapperHost host, ImmutableArray<string> paths, ulong most)
    {
        FileStamp[] stamps = StampsOf(host, paths);
        ulong bytes = 0;
        for (int i = 0; i < stamps.Length; i++)
        {
            bytes += stamps[i].Size;
        }

        return bytes > most ? null : Read(host, paths, stamps, most);
    }

    /// <summary>
    /// Reads files of any size. Where one was changed in this moment, it waits until the clock has gone on: large files are not to be read twice
    /// for one change.
    /// </summary>
    /// <param name="mayWait">May wait for the clock.</param>
    public static RuleReading OfAll(IWrapperHost host, ImmutableArray<string> paths, bool mayWait)
    {
        FileStamp[] stamps = StampsOf(host, paths);
        if (mayWait && !AreSettled(host, stamps))
        {
            Thread.Sleep(UnsettledMs);
            stamps = StampsOf(host, paths);
        }

        return Read(host, paths, stamps, ulong.MaxValue)!;
    }

    private static RuleReading? Read(IWrapperHost host, ImmutableArray<string> paths, FileStamp[] stamps, ulong most)
    {
        bool isSettled = AreSettled(host, stamps);
        WatchedFiles files = new(host, paths, stamps, most);
        HostRules rules = HostRules.Read(files, host.AllowPath, host.DenyPath);
        if (!files.IsTooMuch && !rules.Dependencies.AsSpan().SequenceEqual(paths.AsSpan()))
        {
            // Other lists are named now: read again with their stamps taken before, too.
            paths = rules.Dependencies;
            stamps = StampsOf(host, paths);
            isSettled = AreSettled(host, stamps);
            files = new(host, paths, stamps, most);
            rules = HostRules.Read(files, host.AllowPath, host.DenyPath);
        }

        return files.IsTooMuch ? null : new RuleReading(rules, paths, stamps, isSettled, files.WasDisturbed);
    }

    public static FileStamp[] StampsOf(IWrapperHost host, ImmutableArray<string> paths)
    {
        FileStamp[] stamps = new FileStamp[paths.Length];
        for (int i = 0; i < stamps.Length; i++)
        {
            stamps[i] = host.StampOf(paths[i]);
        }

        return stamps;
    }

    private static bool AreSettled(IWrapperHost host, FileStamp[] stamps)
    {
        foreach (FileStamp stamp in stamps)
        {
            if (!host.IsSettled(stamp))
            {
                return false;
            }
        }

        return true;
    }

    // Notices what cannot be read for a moment, and stops reading where it becomes too much.
    private sealed class WatchedFiles(IWrapperHost host, ImmutableArray<string> paths, FileStamp[] stamps, ulong most) : IRuleFiles
    {
        private ulong _bytes;

        public bool WasDisturbed { get; private set; }

        public bool IsTooMuch => _bytes > most;

        public RuleFileContent Read(string path)
        {
            if (most < ulong.MaxValue)
            {
                int known = paths.IndexOf(path);
                _bytes += (known < 0 ? host.StampOf(path) : stamps[known]).Size;
                if (IsTooMuch)
                {
                    return RuleFileContent.Absent;
                }
            }

            RuleFileContent content = host.Read(path);
            WasDisturbed |= content.IsMomentary;
            return content;
        }
    }
}
