"""omnistudy: rerun a grounded-theory study from its coded interviews.

Functions for scripts and notebooks. Each stands in its room, is imported from there, and has an example with
a published value or with the shipped demonstration study; nothing else promises to keep its name.

Reading
    study.load.load_study: a study folder becomes a study, or one report of all its problems
    study.bare_table.read_bare_table: a table file, every cell as text
    study.bare_table.table_of_columns: a table of lists, or of the columns of a data frame
    study.provenance.provenance_of: what a result of a script rests on
    crm.records.opening.open_records: customer records, for use with ``with``
    crm.links.register.read_links: categories that are to stand beside metrics
    replication.reference.load_reference: a published model
    replication.compare.load_comparison_input: the model and the frozen protocol of a study

Agreement
    agreement.analysis.agreement_of_study: the coders of a study
    agreement.analysis.agreement_of_table: the coders of a table of ratings
    agreement.analysis.agreement_of_spans: coders who marked passages
    agreement.matrices.estimate: one coefficient of one table
    agreement.matrices.ratings_of_matrix: ratings from coders by units
    agreement.matrices.ratings_of_contingency: ratings from a table of two coders' counts
    agreement.sources.from_table.ratings_of_table: ratings from a wide or long table
    agreement.passages.spans.spans_of_table: passages from a table
    agreement.coefficients.registry.find: a coefficient by its name in this or another program
    agreement.coefficients.uncorrected.PercentAgreement: share of agreeing pairs
    agreement.coefficients.kappas.FixedChance: Bennett, Brennan–Prediger, Randolph, PABAK
    agreement.coefficients.kappas.PooledMargins: Scott's pi, Fleiss' kappa
    agreement.coefficients.kappas.GwetAC: Gwet's AC1 and AC2
    agreement.coefficients.kappas.Conger: Conger's kappa, Hubert's kappa
    agreement.coefficients.kappas.CohenPairs: Cohen's kappa, weighted kappa, Light's kappa
    agreement.coefficients.kappas.KappaMax: the largest kappa that the margins allow
    agreement.coefficients.uncorrected.Holsti: Holsti's coefficient
    agreement.coefficients.uncorrected.SpecificAgreement: positive and negative agreement
    agreement.coefficients.alpha.NominalAlpha: Krippendorff's alpha, nominal
    agreement.coefficients.alpha.OrdinalAlpha: ordinal
    agreement.coefficients.alpha.IntervalAlpha: interval
    agreement.coefficients.alpha.MatrixAlpha: ratio, and any matrix of differences
    agreement.coefficients.metrics.jaccard_distance: how different two code sets are
    agreement.coefficients.metrics.masi_distance: the same, lenient with nested sets
    agreement.audit.audit_kappa: which formula a printed kappa came from
    agreement.rounds.two_passes.audit_passes: per cent of agreement from three counts
    agreement.programs.vendors.vendor_values: what other programs would print
    agreement.programs.cross_check_result.cross_check_of_study: the same values from other packages
    agreement.programs.cross_check_result.cross_check_of_table: the same for a table
    agreement.planning.kappa_variance: variance of kappa for one unit
    agreement.planning.units_for_width: units to double-code for an interval
    agreement.planning.units_for_power: units to show that kappa exceeds a bound
    agreement.planning.chance_of_seeing: probability that a theme shows
    agreement.planning.interviews_for: interviews that show it

Codes and model
    theory.counts.contents.contents_of: what is in a study
    theory.codes.analysis.codes_of: frequencies, density, co-occurrence, cross tables
    theory.codes.reporting_result.reporting_of: from the quotation to the role
    theory.counts.retrieval.find_quotes: the quotations of a code, role, interview, coder or attribute
    theory.counts.co_occurrence.c_coefficient: how far two codes stand together
    theory.counts.stability.stability: which codes hold when interviews are drawn again
    theory.counts.stability.exact_stability: the same as a probability
    theory.saturation.result.saturation_of: saturation of the codes of a study
    theory.saturation.result.saturation_of_table: saturation of a table
    theory.saturation.occurrence_table.occurrence_of_table: which interview holds which code, from a table
    theory.saturation.guest_rule.occurrence_of_rows: the same from pairs
    theory.saturation.guest_rule.guest: the rule of Guest, Namey & Chen
    theory.saturation.guest_rule.stopping_10_3: the rule of Francis et al.
    theory.saturation.richness.chao: Chao's estimate of all codes
    theory.saturation.richness.coverage: sample coverage
    theory.saturation.richness.further_units: interviews still needed
    theory.saturation.richness.curve: rarefaction and extrapolation
    theory.paradigm.model.build_model: the paradigm model
    theory.paradigm.result.paradigm_of: the model, its evidence and its findings
    theory.paradigm.lint.lint: a model against every rule
    theory.suggestions.duplicates.suggest_duplicates: codes that look alike
    theory.suggestions.categories.suggest_categories: codes that may belong together
    theory.suggestions.codes.suggest_codes: passages that look like coded ones
    theory.trustworthiness.analysis.trustworthiness_of: member checks and techniques
    theory.trustworthiness.validity_result.validity_of: content validity of an experts' sheet
    theory.trustworthiness.content_validity.content_validity_ratio: Lawshe's ratio
    theory.trustworthiness.content_validity.least_essential: experts who must agree

Comparison
    replication.compare.compare_of: a study beside a published model
    replication.freeze.protocol_of: what has to be decided before coding
    replication.freeze.protocol_bytes: protocol.json with its hash
    replication.comparison.detection_power: what so many interviews can see

Customers
    crm.metrics.registry.metrics_of_records: metrics with intervals, refusals with reasons
    crm.lifetime.analysis.clv_of_records: lifetime values
    crm.journeys.analysis.journeys_of_records: moves between channels
    crm.links.analysis.links_of: categories beside metrics, with a grade of evidence
    crm.audits.funnel.funnel_of: counts of campaigns
    crm.audits.gap.gaps_of: stages of a journey
    crm.audits.maturity.maturity_of: declared and observed level
    crm.audits.readiness.readiness_of: nine steps
    crm.audits.ecrm.ecrm_of: five processes
    crm.statistics.intervals.wilson: interval of a share
    crm.statistics.intervals.poisson: of a rate
    crm.statistics.intervals.net_score: of a net promoter score
    crm.statistics.intervals.mean_t: of a mean
    crm.statistics.survival.kaplan_meier: how long relationships last
    crm.statistics.scale_reliability.scale_reliability: Cronbach's alpha, McDonald's omega
    crm.journeys.markov.removal_effects: removal of a channel from a Markov chain
    crm.lifetime.sbg.fit: shifted beta-geometric model
    crm.lifetime.sbg.survival: its survival
    crm.lifetime.sbg.discounted_residual_lifetime: its residual lifetime
    crm.lifetime.bgnbd.p_alive: BG/NBD, probability of being alive
    crm.lifetime.bgnbd.expected_purchases: BG/NBD, purchases to come
    crm.lifetime.paretonbd.expected_purchases: Pareto/NBD, purchases to come
    crm.lifetime.gamma_gamma.expected_value: value of a purchase
    crm.links.association.associated: Spearman's rho over cases
    crm.links.association.adjusted: Benjamini–Hochberg
    crm.links.interrupted.interrupted_series: interrupted time series
    crm.links.grades.difference: difference of two shares or other estimates

Showing
    render.registry.render: results as text, JSON, CSV, Markdown, HTML, Word or a workbook
    render.json.json_object: a result as plain values
    render.figures.svg_file: a figure as SVG
"""

__version__ = "0.1.0"
