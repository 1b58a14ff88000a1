using System;
using System.Threading;
using Rouse.Harness;

namespace Rouse.Parity.Tests.Runner;

/// <summary>Plays a case with one subject on a thread of its own, so that both subjects are played at the same time.</summary>
internal sealed class Player
{
    private readonly Thread _thread;
    private string _transcript = "";
    private Xunit.Sdk.SkipException? _skipped;

    public Player(Action<Scene> play, Subject subject)
    {
        _thread = new Thread(() => Play(play, subject)) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The transcript; a case that could not be played to its end has that as its last line.</summary>
    public string Finish()
    {
        _thread.Join();
        return _skipped is null ? _transcript : throw _skipped;
    }

    private void Play(Action<Scene> play, Subject subject)
    {
        using var scene = new Scene(subject);
        try
        {
            play(scene);
        }
        catch (Xunit.Sdk.SkipException e)
        {
            _skipped = e;
        }
        catch (Exception e)
        {
            scene.Note("not played to the end", $"{e.GetType().Name}: {e.Message}");
        }

        _transcript = scene.Transcript;
    }
}
