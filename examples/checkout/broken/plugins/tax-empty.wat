;; A tax plugin that was built from an interface without its function.
(component
    (instance $taxes)
    (export "example:checkout/taxes@1.0.0" (instance $taxes)))
