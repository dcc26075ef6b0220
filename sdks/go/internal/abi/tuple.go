package abi

import "plugwright-sdk/wit"

// The tuples of the bindings are those of plugin authors, so that many need no conversion.
type (
	Tuple1[T0 any]                                                                    = wit.Tuple1[T0]
	Tuple2[T0, T1 any]                                                                = wit.Tuple2[T0, T1]
	Tuple3[T0, T1, T2 any]                                                            = wit.Tuple3[T0, T1, T2]
	Tuple4[T0, T1, T2, T3 any]                                                        = wit.Tuple4[T0, T1, T2, T3]
	Tuple5[T0, T1, T2, T3, T4 any]                                                    = wit.Tuple5[T0, T1, T2, T3, T4]
	Tuple6[T0, T1, T2, T3, T4, T5 any]                                                = wit.Tuple6[T0, T1, T2, T3, T4, T5]
	Tuple7[T0, T1, T2, T3, T4, T5, T6 any]                                            = wit.Tuple7[T0, T1, T2, T3, T4, T5, T6]
	Tuple8[T0, T1, T2, T3, T4, T5, T6, T7 any]                                        = wit.Tuple8[T0, T1, T2, T3, T4, T5, T6, T7]
	Tuple9[T0, T1, T2, T3, T4, T5, T6, T7, T8 any]                                    = wit.Tuple9[T0, T1, T2, T3, T4, T5, T6, T7, T8]
	Tuple10[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9 any]                               = wit.Tuple10[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9]
	Tuple11[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10 any]                          = wit.Tuple11[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10]
	Tuple12[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11 any]                     = wit.Tuple12[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11]
	Tuple13[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12 any]                = wit.Tuple13[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12]
	Tuple14[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13 any]           = wit.Tuple14[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13]
	Tuple15[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14 any]      = wit.Tuple15[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14]
	Tuple16[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15 any] = wit.Tuple16[T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15]
)
