using System.Runtime.InteropServices;

namespace Rouse.Linux;

/// <summary>
/// What went wrong in children that were started in a copy of the daemon's memory: each writes one record into a pipe before it exits, with
/// <see cref="ServerSpawn.ExitStatusOfFailure"/>. A record is smaller than PIPE_BUF and so comes whole (pipe(7)).
/// </summary>
// SAFETY: records are read into a local array of them, as many bytes as it has.
internal static unsafe class LaunchFailures
{
    private const int MostAtOnce = 64;
    private const int MostUnclaimed = 1024;

    private static readonly System.Collections.Generic.List<Record> Unclaimed = [];
    private static Pipe _pipe = Pipe.None;

    /// <summary>Where the next child writes; −1 where there is no pipe to be had.</summary>
    public static int Report
    {
        get
        {
            if (!_pipe.IsOpen && !Pipes.Open(4096, out _pipe).Ok)
            {
                _pipe = Pipe.None;
            }

            return _pipe.IsOpen ? _pipe.WriteEnd.Value : -1;
        }
    }

    /// <summary>What a child that has exited has reported; false for one that was the server by then.</summary>
    public static bool TryTake(int pid, out LaunchFailure failure)
    {
        if (_pipe.IsOpen)
        {
            ReadAll();
        }

        for (int i = 0; i < Unclaimed.Count; i++)
        {
            if (Unclaimed[i].Pid == pid)
            {
                failure = new LaunchFailure((LaunchStage)Unclaimed[i].Stage, (Errno)Unclaimed[i].Errno);
                Unclaimed.RemoveAt(i);
                return true;
            }
        }

        failure = default;
        return false;
    }

    private static void ReadAll()
    {
        Record* records = stackalloc Record[MostAtOnce];
        System.Span<byte> bytes = new(records, MostAtOnce * sizeof(Record));
        while (Files.Read(_pipe.ReadEnd, bytes) is { Ok: true, Value: > 0 } got)
        {
            for (int i = 0; i < got.Value / sizeof(Record); i++)
            {
                if (Unclaimed.Count == MostUnclaimed)
                {
                    Unclaimed.RemoveAt(0);
                }

                Unclaimed.Add(records[i]);
            }
        }
    }

    /// <summary>What a child writes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Record
    {
        public int Pid;
        public int Stage;
        public int Errno;
    }
}
