using static ConvoxSsl.Timeline.Tests.Entries;

namespace ConvoxSsl.Timeline.Tests;

/// <summary>Complete drawings for a terminal.</summary>
public sealed class TextTimelineTests
{
    [Fact]
    public void Each_state_has_its_word_and_shape() => Assert.Equal(
        """
            NAME                STATUS   EXPIRES        Nov        Dec        2027       Feb
                                                   ─────┴───────▼──┴──────────┴──────────┴──
            bad.example.org     Failed   -                      │ no certificate yet
            new.example.org     Pending  -                      │ no certificate yet
            old.example.org     Expired  6d ago    ◆░░░░░░░░░░× │
            api.example.org     Due      in 21d    ━━━━━━━━━━◆░░│░░░░░░░░
            lost.example.org    Revoked  in 60d      ╌╌╌╌╌╌╌╌╌╌╌│╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌×
            www.example.org +1  Ready    in 75d            ━━━━━│━━━━━━━━━━━━━━━━◆░░░░░░░░░░
            │ now, 2026-11-24 12:00 UTC   ━ valid   ◆ renewal due   ░ renewal window
            ╌ revoked   × expired or revoked
            """,
        Draw(OfAllStates));

    [Fact]
    public void Wide_terminal_has_finer_marks() => Assert.Equal(
        """
            NAME                STATUS   EXPIRES        Oct 26    Nov 9     Nov 23     Dec 7     Dec 21    Jan 4     Jan 18    Feb 1
                                                   ─────┴─────────┴─────────┴─▼────────┴─────────┴─────────┴─────────┴─────────┴────
            bad.example.org     Failed   -                                    │ no certificate yet
            new.example.org     Pending  -                                    │ no certificate yet
            old.example.org     Expired  6d ago    ━◆░░░░░░░░░░░░░░░░░░░░×    │
            api.example.org     Due      in 21d    ━━━━━━━━━━━━━━━━━━━━◆░░░░░░│░░░░░░░░░░░░░░░
            lost.example.org    Revoked  in 60d         ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌│╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌×
            www.example.org +1  Ready    in 75d                    ━━━━━━━━━━━│━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━◆░░░░░░░░░░░░░░░░░░░░░
            │ now, 2026-11-24 12:00 UTC   ━ valid   ◆ renewal due   ░ renewal window   ╌ revoked   × expired or revoked
            """,
        Draw(OfAllStates, 120));

    [Fact]
    public void Long_names_are_truncated_and_keep_the_number_of_other_names() => Assert.Equal(
        """
            NAME          STATUS   EXPIRES      Nov    Dec     2027
                                             ───┴─────▼┴───────┴──────┴─
            bad.example…  Failed   -                  │
            new.example…  Pending  -                  │
            old.example…  Expired  6d ago    ◆░░░░░░× │
            api.example…  Due      in 21d    ━━━━━━◆░░│░░░░░
            lost.exampl…  Revoked  in 60d     ╌╌╌╌╌╌╌╌│╌╌╌╌╌╌╌╌╌╌╌╌╌×
            www.exam… +1  Ready    in 75d         ━━━━│━━━━━━━━━◆░░░░░░░
            │ now, 2026-11-24 12:00 UTC   ━ valid   ◆ renewal due
            ░ renewal window   ╌ revoked   × expired or revoked
            """,
        Draw(OfAllStates, 60));

    [Fact]
    public void Minimum_width_keeps_bars_and_states() => Assert.Equal(
        """
            NAME          STATUS              2027
                                  ──────▼─────┴─────
            bad.example.… Failed        │
            new.example.… Pending       │
            old.example.… Expired ◆░░░░×│
            api.example.… Due     ━━━━◆░│░░░
            lost.example… Revoked  ╌╌╌╌╌│╌╌╌╌╌╌╌╌×
            www.examp… +1 Ready      ━━━│━━━━━━◆░░░░
            │ now, 2026-11-24 12:00 UTC   ━ valid
            ◆ renewal due   ░ renewal window
            ╌ revoked   × expired or revoked
            """,
        Draw(OfAllStates, 40));

    [Fact]
    public void Width_below_the_minimum_is_drawn_at_the_minimum() => Assert.Equal(
        """
            NAME          STATUS              2027
                                  ──────▼─────┴─────
            bad.example.… Failed        │
            new.example.… Pending       │
            old.example.… Expired ◆░░░░×│
            api.example.… Due     ━━━━◆░│░░░
            lost.example… Revoked  ╌╌╌╌╌│╌╌╌╌╌╌╌╌×
            www.examp… +1 Ready      ━━━│━━━━━━◆░░░░
            │ now, 2026-11-24 12:00 UTC   ━ valid
            ◆ renewal due   ░ renewal window
            ╌ revoked   × expired or revoked
            """,
        Draw(OfAllStates, 10));

    [Fact]
    public void Ascii_glyphs_draw_the_same_timeline() => Assert.Equal(
        """
            NAME                STATUS   EXPIRES        Nov        Dec        2027       Feb
                                                   -----+-------v--+----------+----------+--
            bad.example.org     Failed   -                      | no certificate yet
            new.example.org     Pending  -                      | no certificate yet
            old.example.org     Expired  6d ago    *::::::::::x |
            api.example.org     Due      in 21d    ==========*::|::::::::
            lost.example.org    Revoked  in 60d      -----------|---------------------x
            www.example.org +1  Ready    in 75d            =====|================*::::::::::
            | now, 2026-11-24 12:00 UTC   = valid   * renewal due   : renewal window
            - revoked   x expired or revoked
            """,
        Draw(OfAllStates, glyphs: TimelineGlyphs.Ascii));

    [Fact]
    public void Lifetimes_of_hours_have_marks_at_hours() => Assert.Equal(
        """
            NAME             STATUS   EXPIRES      09:00      12:00      15:00      18:00
                                                ───┴──────────▼──────────┴──────────┴───────
            run.example.org  Due      in 1h     ━━━━━━━◆░░░░░░│░░░░
            job.example.org  Ready    in 8h     ━━━━━━━━━━━━━━│━━━━━━━◆░░░░░░░░░░░░░░░░░░░░░
            │ now, 2026-11-24 12:00 UTC   ━ valid   ◆ renewal due   ░ renewal window
            """,
        Draw(
            [
                CreateDated("job.example.org", TimeSpan.FromHours(12), TimeSpan.FromHours(8), TimeSpan.FromHours(6)),
                CreateDated("run.example.org", TimeSpan.FromHours(6), TimeSpan.FromHours(1), TimeSpan.FromHours(3)),
            ]));

    [Fact]
    public void Lifetimes_of_days_have_marks_at_days() => Assert.Equal(
        """
            NAME                 STATUS   EXPIRES      Nov 23       Nov 25        Nov 27
                                                    ───┴─────────▼──┴─────────────┴─────────
            shorter.example.org  Due      in 12h    ░░░░░░░░░░░░░│░░░
            short.example.org    Ready    in 4d     ━━━━━━━━━━━━━│━━━◆░░░░░░░░░░░░░░░░░░░░░░
            │ now, 2026-11-24 12:00 UTC   ━ valid   ◆ renewal due   ░ renewal window
            """,
        Draw([CreateDated("short.example.org", 6.67, 4, 3.33), CreateDated("shorter.example.org", 6.67, 0.5, 3.33)]));

    [Fact]
    public void Lifetime_of_years_leaves_the_axis_instead_of_shrinking_other_bars() => Assert.Equal(
        """
            NAME              STATUS   EXPIRES      Jul    Oct    2027  Apr   Jul    Oct
                                                 ───┴──────┴───▼──┴─────┴─────┴──────┴──────
            gone.example.org  Expired  100d ago  ━━━━━◆░×      │
            job.example.org   Due      in 2h                   │░
            www.example.org   Ready    in 75d                 ━│━━◆░░
            ca.example.org    Ready    in 8y     ━━━━━━━━━━━━━━│━━━━━━━━━━━━━━━━━━━━━━━━━━━▸
            │ now, 2026-11-24 12:00 UTC   ━ valid   ◆ renewal due   ░ renewal window
            × expired or revoked   ▸ valid longer
            """,
        Draw(
            [
                CreateDated("ca.example.org", 3650, 3000, 365),
                CreateDated("www.example.org", 90, 75, 30),
                CreateDated("job.example.org", 0.25, 0.1, 0.1),
                CreateDated("gone.example.org", 90, -100, 30, TimelineState.Expired),
            ]));

    [Fact]
    public void Within_years_has_marks_at_years() => Assert.Equal(
        """
            NAME             STATUS   EXPIRES      2026  2028   2030   2032   2034   2036
                                                ───┴──▼──┴──────┴──────┴──────┴──────┴──────
            job.example.org  Due      in 2h           │░
            www.example.org  Ready    in 75d          │◆
            ca.example.org   Ready    in 8y     ━━━━━━│━━━━━━━━━━━━━━━━━━━━━━━━◆░░░
            │ now, 2026-11-24 12:00 UTC   ━ valid   ◆ renewal due   ░ renewal window
            """,
        Draw(
            [
                CreateDated("ca.example.org", 3650, 3000, 365),
                CreateDated("www.example.org", 90, 75, 30),
                CreateDated("job.example.org", 0.25, 0.1, 0.1),
            ], within: TimeSpan.FromDays(4000)));

    [Fact]
    public void Within_ends_the_axis_and_counts_later_certificates() => Assert.Equal(
        """
            NAME             STATUS   EXPIRES                Nov 23       Dec 7
                                                ─────────────┴▼───────────┴─────────────┴───
            bad.example.org  Failed   -                       │ no certificate yet
            new.example.org  Pending  -                       │ no certificate yet
            old.example.org  Expired  6d ago    ░░░░░░░░×     │
            api.example.org  Due      in 21d    ━━━━━◆░░░░░░░░│░░░░░░░░░░░░░░░░░░░░░
            │ now, 2026-11-24 12:00 UTC   ━ valid   ◆ renewal due   ░ renewal window
            × expired or revoked
            … 2 more do not expire within 30 days.
            """,
        Draw(OfAllStates, within: TimeSpan.FromDays(30)));

    [Fact]
    public void Single_certificate_is_drawn() => Assert.Equal(
        """
            NAME                STATUS   EXPIRES            Dec           2027           Feb
                                                   ──────▼──┴─────────────┴──────────────┴──
            www.example.org +1  Ready    in 75d    ━━━━━━│━━━━━━━━━━━━━━━━━━━━◆░░░░░░░░░░░░░
            │ now, 2026-11-24 12:00 UTC   ━ valid   ◆ renewal due   ░ renewal window
            """,
        Draw([OfAllStates[0]]));

    [Fact]
    public void Single_expired_certificate_is_drawn() => Assert.Equal(
        """
            NAME             STATUS   EXPIRES   Nov 17  Nov 19  Nov 21   Nov 23  Nov 25
                                                ┴───────┴───────┴────────┴─────▼─┴───────┴──
            old.example.org  Expired  6d ago    ░░░░░░×                        │
            │ now, 2026-11-24 12:00 UTC   ░ renewal window   × expired or revoked
            """,
        Draw([OfAllStates[2]]));

    [Fact]
    public void Pending_certificate_needs_no_dates() => Assert.Equal(
        """
            NAME             STATUS   EXPIRES       12:00     12:15     12:30     12:45
                                                ────▼─────────┴─────────┴─────────┴────────┴
            new.example.org  Pending  -             │ no certificate yet
            │ now, 2026-11-24 12:00 UTC
            """,
        Draw([OfAllStates[4]]));

    [Fact]
    public void First_of_ten_thousand_are_drawn_and_the_others_counted() => Assert.Equal(
        """
            NAME            STATUS   EXPIRES   11:30          12:00          12:30
                                               ┴──────────────▼──────────────┴─────────────┴
            n1.example.org  Due      in 12m    ░░░░░░░░░░░░░░░│░░░░░░
            n2.example.org  Due      in 25m    ░░░░░░░░░░░░░░░│░░░░░░░░░░░░
            n3.example.org  Due      in 38m    ░░░░░░░░░░░░░░░│░░░░░░░░░░░░░░░░░░░
            │ now, 2026-11-24 12:00 UTC   ░ renewal window
            … 9997 more expire later; -First 10000 shows all.
            """,
        Draw(Enumerable.Range(1, 10_000).Select(i => CreateDated($"n{i}.example.org", 90, 90.0 * i / 10_000, 30)), maxRows: 3));

    [Fact]
    public void Footer_is_wrapped_to_the_width() => Assert.Equal(
        """
            NAME          STATUS        12:00
                                  ──────▼──────────┴
            n1.example.o… Due     ░░░░░░│░░
            n2.example.o… Due     ░░░░░░│░░░░░
            │ now, 2026-11-24 12:00 UTC
            ░ renewal window
            … 9998 more expire later; -First 10000
            shows all.
            """,
        Draw(Enumerable.Range(1, 10_000).Select(i => CreateDated($"n{i}.example.org", 90, 90.0 * i / 10_000, 30)), 40, maxRows: 2));

    [Fact]
    public void Wide_combining_and_control_characters_keep_the_columns() => Assert.Equal(
        """
            NAME                     STATUS   EXPIRES            Dec         2027        Feb
                                                        ──────▼──┴───────────┴───────────┴──
            evil�[31m�.example       Ready    in 72d    ━━━━━━│━━━━━━━━━━━━━━━━◆░░░░░░░░░░░
            דוגמה.example            Ready    in 73d    ━━━━━━│━━━━━━━━━━━━━━━━◆░░░░░░░░░░░░
            école.example            Ready    in 74d    ━━━━━━│━━━━━━━━━━━━━━━━━◆░░░░░░░░░░░
            日本語の長い名前のドメ…  Ready    in 75d     ━━━━━│━━━━━━━━━━━━━━━━━◆░░░░░░░░░░░
            │ now, 2026-11-24 12:00 UTC   ━ valid   ◆ renewal due   ░ renewal window
            """,
        Draw(
            [
                CreateDated("日本語の長い名前のドメイン.example", 90, 75, 30),
                CreateDated("e\u0301cole.example", 90, 74, 30),
                CreateDated("דוגמה.example", 90, 73, 30),
                CreateDated("evil\u001b[31m\u202e.example", 90, 72, 30),
            ]));

    [Fact]
    public void Ascii_replaces_other_letters_by_question_marks() => Assert.Equal(
        """
            NAME                   STATUS   EXPIRES            Dec          2027         Feb
                                                      ------v--+------------+------------+--
            ?????????????.example  Ready    in 75d    ======|==================*::::::::::::
            | now, 2026-11-24 12:00 UTC   = valid   * renewal due   : renewal window
            """,
        Draw([CreateDated("日本語の長い名前のドメイン.example", 90, 75, 30)], glyphs: TimelineGlyphs.Ascii));

    [Fact]
    public void Colour_follows_the_state_and_changes_no_character() => Assert.Equal(
        """
            <h>NAME          STATUS   EXPIRES      Nov    Dec     2027</>
                                             <h>───┴─────▼┴───────┴──────┴─</>
            bad.example…  <e>Failed</>   -                  <n>│</>
            new.example…  <w>Pending</>  -                  <n>│</>
            old.example…  <e>Expired</>  6d ago    <e>◆░░░░░░× </><n>│</>
            api.example…  <w>Due</>      in 21d    <w>━━━━━━◆░░</><n>│</><w>░░░░░</>
            lost.exampl…  <e>Revoked</>  in 60d    <e> ╌╌╌╌╌╌╌╌</><n>│</><e>╌╌╌╌╌╌╌╌╌╌╌╌╌×</>
            www.exam… +1  <g>Ready</>    in 75d    <g>     ━━━━</><n>│</><g>━━━━━━━━━◆░░░░░░░</>
            │ now, 2026-11-24 12:00 UTC   ━ valid   ◆ renewal due
            ░ renewal window   ╌ revoked   × expired or revoked
            """,
        Draw(
            OfAllStates,
            60,
            colours: new TimelineColours { Good = "<g>", Warning = "<w>", Error = "<e>", Header = "<h>", Now = "<n>", Reset = "</>" }));

    [Fact]
    public void Empty_timeline_is_one_line()
    {
        Assert.Equal("There are no certificates to show.", Draw([]));
        Assert.Equal("The only certificate does not expire within 5 days.", Draw([OfAllStates[0]], within: TimeSpan.FromDays(5)));
        Assert.Equal(
            "None of 2 certificates expires within 30\ndays.",
            Draw([OfAllStates[0], OfAllStates[3]], 40, within: TimeSpan.FromDays(30)));
    }

    [Fact]
    public void Expired_entry_shows_the_time_since_expiry() =>
        Assert.Contains("Expired  1d ago", Draw([CreateDated("a.example.org", 90, -1, 30)]), StringComparison.Ordinal);
}
